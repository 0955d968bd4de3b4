// What the page makes of a service that is busy, asks for keys, or is lost.
const { expect, open, other, programs, row, status, submit, test } = require("./fixtures.js");
const { startProxy } = require("./proxy.js");

test.describe("a service with one slot", () => {
	test.use({ kind: "small" });

	test("the position in the queue is shown", async ({ page, request }) => {
		const blocker = await other(request, programs.sleep(30));
		await expect.poll(async () => (await (await request.get(`/v1/jobs/${blocker}`)).json()).state).toBe("running");
		await open(page);
		await submit(page, programs.sum, [["1 2", "3"]]);
		await expect(status(page)).toHaveText("Queued: yours is next.");
		await request.delete(`/v1/jobs/${blocker}`);
		await expect(status(page)).toHaveText("Accepted: the test passed.");
	});

	/** Until nothing more is taken. Gives the ids. */
	async function fill(request) {
		const ids = [await other(request, programs.sleep(30))];
		await expect.poll(async () => (await (await request.get(`/v1/jobs/${ids[0]}`)).json()).state).toBe("running");
		ids.push(await other(request, programs.sleep(30)));
		return ids;
	}

	test("a full queue says when to come back, and the page does by itself", async ({ page, request }) => {
		const ids = await fill(request);
		await open(page);
		await submit(page, programs.sum, [["1 2", "3"]]);
		await expect(status(page)).toHaveText("the queue is full");
		await expect(page.getByText(/It may be tried again (in \d+ s, at|now)/)).toBeVisible();
		await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
		await page.getByLabel("by itself, when it is time").check();
		for (const id of ids) await request.delete(`/v1/jobs/${id}`);
		await expect(status(page)).toHaveText("Accepted: the test passed.");
		await expect(page.getByRole("button", { name: "Try again" })).toBeHidden();
	});

	test("a full queue can be tried again by hand, and each try is the same job", async ({ page, request }) => {
		const ids = await fill(request);
		const names = [];
		page.on("request", async (sent) => {
			if (sent.method() === "POST") names.push((await sent.allHeaders())["idempotency-key"]);
		});
		await open(page);
		await submit(page, programs.sum, [["1 2", "3"]]);
		await expect(page.getByRole("button", { name: "Try again" })).toBeEnabled();
		for (const id of ids) await request.delete(`/v1/jobs/${id}`);
		await page.getByRole("button", { name: "Try again" }).click();
		await expect(status(page)).toHaveText("Accepted: the test passed.");
		expect(names).toHaveLength(2);
		expect(names[0]).toMatch(/^[0-9a-f]{32}$/);
		expect(names[1]).toBe(names[0]);
	});

	test("a job that waits can be cancelled", async ({ page, request }) => {
		const blocker = await other(request, programs.sleep(30));
		await open(page);
		await submit(page, programs.sum, [["1 2", "3"]]);
		await expect(status(page)).toHaveText("Queued: yours is next.");
		await page.getByRole("button", { name: "Cancel" }).click();
		await expect(status(page)).toHaveText("Cancelled.");
		await request.delete(`/v1/jobs/${blocker}`);
	});
});

test("a job that runs can be cancelled", async ({ page, request }) => {
	await open(page);
	await submit(page, programs.sleep(30), [["", "1"], ["", "1"]]);
	await expect(row(page, 1)).toContainText("runs");
	await page.getByRole("button", { name: "Cancel" }).click();
	await expect(status(page)).toHaveText("Cancelled.");
	await expect(page.getByRole("button", { name: "Cancel" })).toBeHidden();
	await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
	const id = new URL(page.url()).hash.slice("#job=".length);
	expect((await (await request.get(`/v1/jobs/${id}`)).json()).state).toBe("cancelled");
});

test.describe("a service with keys", () => {
	test.use({ kind: "keyed" });

	test("the key is asked for, sent, and kept for the tab", async ({ page }) => {
		await open(page);
		await expect(page.getByLabel("API key")).toBeVisible();
		await submit(page, programs.sum, [["1 2", "3"]]);
		await expect(status(page)).toHaveText(/key/);
		await expect(page.getByLabel("API key")).toBeFocused();
		await page.keyboard.type("wrong");
		await page.keyboard.press("Control+Enter");
		await expect(status(page)).toHaveText(/not known/);
		// what was refused for want of the key goes out with it
		await page.getByLabel("API key").fill("right");
		await page.keyboard.press("Enter");
		await expect(status(page)).toHaveText("Accepted: the test passed.");
		await page.reload();
		await expect(status(page)).toHaveText("Accepted: the test passed.");
		await expect(page.getByLabel("API key")).toHaveValue("right");
		expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("right");
	});

	test("a link asks for the key before it shows a result", async ({ page, request, browser, service }) => {
		const id = await other(request, programs.say("1"), { Authorization: "Bearer right" });
		await open(page, `/#job=${id}`);
		await expect(page.getByLabel("API key")).toBeFocused();
		await page.keyboard.type("right");
		await page.keyboard.press("Enter");
		await expect(status(page)).toHaveText("The program ran well.");
	});

	test("the page of the state asks for it, too", async ({ page }) => {
		await page.goto("/state");
		await expect(status(page)).toHaveText(/key/);
		await page.getByLabel("API key").fill("right");
		await page.keyboard.press("Enter");
		await expect(page.getByRole("table", { name: "Jobs by API key" })).toContainText("somebody");
	});
});

test("without keys there is no field for one", async ({ page }) => {
	await open(page);
	await expect(page.getByLabel("API key")).toBeHidden();
});

test("a lost connection is taken up where it broke", async ({ page, service }) => {
	const proxy = await startProxy(service);
	page.allow(proxy.url);
	const asked = [];
	page.on("request", (request) => {
		if (request.url().endsWith("/events")) asked.push(request.headers()["last-event-id"]);
	});
	await open(page, `${proxy.url}/`);
	await submit(page, programs.slowSum, [["1", "1"], ["2", "2"], ["3", "3"], ["4", "4"], ["5", "5"]]);
	await expect(row(page, 1)).toContainText("AC");
	proxy.cut();
	await expect(status(page)).toHaveText("The connection is lost; trying to get it back.");
	proxy.mend();
	await expect(status(page)).toHaveText("Accepted: all 5 tests passed.");
	await expect(page.locator("table.results .v.good")).toHaveCount(5);
	expect(asked.length).toBeGreaterThan(1);
	expect(asked[0]).toBeUndefined();
	expect(asked.at(-1)).toMatch(/^00000001-(?!0{16})[0-9a-f]{16}$/);
	proxy.stop();
});

test("a job that was started anew is shown anew", async ({ page }) => {
	const job = { schema: "sbx.serve.job/1", id: "a".repeat(26), position: null, attempt: 1, priority: 0, error: null };
	const times = { accepted: "2026-01-01T00:00:00.000Z", started: null, ended: null, expires: null };
	const state = (more) => `event: state\ndata: ${JSON.stringify({ ...job, ...times, ...more })}\n\n`;
	const started = (id, index) => `event: test_started\nid: ${id}\ndata: ${JSON.stringify({ event: "test_started", ms: 1, index, test: String(index + 1) })}\n\n`;
	const streams = [
		state({ state: "running" }) + started("1-10", 0) + started("1-20", 1),
		state({ state: "running", attempt: 2 }) + started("2-10", 0),
	];
	let asked = 0;
	let isOver = false;
	await page.route("**/events", async (route) => {
		if (asked < streams.length) return route.fulfill({ contentType: "text/event-stream", body: streams[asked++] });
		await expect.poll(() => isOver).toBe(true);
		return route.fulfill({ contentType: "text/event-stream", body: state({ state: "cancelled", attempt: 2 }) });
	});
	await page.route("**/v1/jobs/a*a", (route) =>
		route.fulfill({ json: { ...job, ...times, state: isOver ? "cancelled" : "running", report: null } }));
	await open(page, `/#job=${job.id}`);
	await expect(page.locator("table.results .v.runs")).toHaveCount(2);
	await expect(page.locator("table.results .v.runs")).toHaveCount(1);
	isOver = true;
	await expect(status(page)).toHaveText("Cancelled.");
});

test("a service that is gone is told, and found again", async ({ page, service }) => {
	const proxy = await startProxy(service);
	page.allow(proxy.url);
	await open(page, `${proxy.url}/`);
	proxy.cut();
	await submit(page, programs.sum, [["1 2", "3"]]);
	await expect(status(page)).toHaveText("The service cannot be reached.");
	proxy.mend();
	await page.getByLabel("by itself, when it is time").check();
	await expect(status(page)).toHaveText("Accepted: the test passed.");
	proxy.stop();
});

test("a link shows a result to others", async ({ page, browser, service }) => {
	await open(page);
	await submit(page, programs.say("7"), [["", "8"]]);
	await expect(status(page)).toHaveText(/^Wrong answer/);
	const link = page.url();
	expect(link).toMatch(/#job=[\w-]{16,64}$/);
	const context = await browser.newContext();
	const reader = await context.newPage();
	await reader.goto(link);
	await expect(status(reader)).toHaveText("Wrong answer on test 1; 0 of 1 test passed.");
	await expect(reader.locator(".got mark")).toHaveText("7");
	// what was expected is the submitter's
	await expect(reader.locator(".wanted")).toHaveCount(0);
	await context.close();
});

test("a link that is followed in an open page shows its result", async ({ page, request }) => {
	const id = await other(request, programs.exit);
	await open(page);
	await page.evaluate((hash) => { location.hash = hash; }, `job=${id}`);
	await expect(status(page)).toHaveText("Runtime error on test 1; 0 of 1 test passed.");
});

test("a link to nothing says so", async ({ page }) => {
	await open(page, `/#job=${"0".repeat(26)}`);
	await expect(status(page)).toHaveText(/There is no such job/);
});

test("the last submission survives a reload", async ({ page }) => {
	await open(page);
	await page.getByLabel("CPU time").fill("3");
	await page.getByText("Comparing and stopping").click();
	await page.getByLabel("upper and lower case count").check();
	await submit(page, programs.say("x"), [["in", "y"], ["", null]]);
	await expect(status(page)).toHaveText(/^Wrong answer/);
	await page.reload();
	await expect(status(page)).toHaveText(/^Wrong answer/);
	await expect(page.locator(".wanted mark")).toHaveText("y");
	await expect(page.locator("#editor .cm-content")).toContainText('print("x")');
	await expect(page.getByLabel("CPU time")).toHaveValue("3");
	await expect(page.locator("#input-1")).toHaveValue("in");
	await expect(page.locator("#answer-2")).toBeDisabled();
	await expect(page.locator("#case-sensitive")).toBeChecked();
});

test("the state is asked for anew, until it is paused", async ({ page, request }) => {
	let asked = 0;
	page.on("request", (sent) => (asked += sent.url().endsWith("/v1/stats")));
	await page.goto("/state");
	await expect(page.locator("#facts")).toContainText("takes jobs");
	const before = asked;
	await other(request, programs.exit);
	await expect(page.getByRole("table", { name: /^Verdicts of/ })).toContainText("RE");
	await expect.poll(() => asked).toBeGreaterThan(before);
	await page.getByRole("button", { name: "Pause" }).click();
	await page.waitForTimeout(300); // one that is under way
	const paused = asked;
	await page.waitForTimeout(4500);
	expect(asked).toBe(paused);
	await page.getByRole("button", { name: "Pause" }).click();
	await expect.poll(() => asked).toBeGreaterThan(paused);
});
