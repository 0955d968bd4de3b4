// Submissions, and how their results are shown.
const { below, expect, open, programs, row, setTests, status, submit, test, write } = require("./fixtures.js");

test("results arrive while the rest still runs", async ({ page }) => {
	await open(page);
	await submit(page, programs.slowSum, [["1 2", "3"], ["20 22", "42"], ["5 6", "11"]]);
	await expect(row(page, 1)).toContainText("AC");
	await expect(row(page, 3)).toContainText(/waits|runs/);
	await expect(page.getByRole("button", { name: "Run", exact: true })).toBeDisabled();
	await expect(status(page)).toContainText(/of 3 tests done/);
	await expect(status(page)).toHaveText("Accepted: all 3 tests passed.");
	for (const n of [1, 2, 3]) {
		await expect(row(page, n)).toContainText("AC");
		await expect(row(page, n).locator(".n").nth(0)).toHaveText(/^[0-9.]+ (µs|ms|s) of 2 s$/);
		await expect(row(page, n).locator(".n").nth(1)).toHaveText(/^[0-9.]+ [KM]iB of [0-9.]+ MiB$/);
	}
	await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
	await expect(page.getByRole("button", { name: "Cancel" })).toBeHidden();
});

test("a wrong answer shows both texts", async ({ page }) => {
	await open(page);
	await submit(page, programs.say("one\ntwo\ntree"), [["", "one\ntwo\nthree\n"]]);
	await expect(status(page)).toHaveText("Wrong answer on test 1; 0 of 1 test passed.");
	await expect(below(page, 1)).toContainText("Line 3, column 1: wanted “three”, got “tree”");
	await expect(below(page, 1).locator(".got mark")).toHaveText("tree");
	await expect(below(page, 1).locator(".wanted mark")).toHaveText("three");
	await expect(below(page, 1).locator(".wanted li")).toHaveText(["one", "two", "three"]);
});

test("only the first failure is opened", async ({ page }) => {
	await open(page);
	// far apart, since a service may run a few side by side, and opens the one that comes first
	await submit(page, programs.say("2"), [["", "2"], ["", "3"], ...Array(5).fill(["", "2"]), ["", "4"]]);
	await expect(status(page)).toHaveText("Wrong answer on test 2; 6 of 8 tests passed.");
	await expect(below(page, 2).locator("details")).toHaveAttribute("open", "");
	await expect(below(page, 8).locator("details")).not.toHaveAttribute("open", "");
	await below(page, 8).locator("summary").click();
	await expect(below(page, 8).locator(".got mark")).toBeVisible();
});

test("what ends too early is marked where it ends", async ({ page }) => {
	await open(page);
	await submit(page, programs.say("1"), [["", "1\n2\n"]]);
	await expect(below(page, 1)).toContainText("the output ends before “2”");
	await expect(below(page, 1).locator(".got mark")).toBeVisible();
});

test("a compile error shows what the compiler says", async ({ page }) => {
	await open(page);
	await submit(page, programs.syntax, [["", "1"]]);
	await expect(status(page)).toHaveText("Compile error: no test was run.");
	await expect(page.locator("#results pre")).toContainText("SyntaxError");
	await expect(row(page, 1)).toContainText("SKIP");
});

test("a time limit fills its bar", async ({ page }) => {
	await open(page);
	await page.getByLabel("CPU time").fill("0.5");
	await submit(page, programs.spin, [["", "1"]]);
	await expect(status(page)).toHaveText("Time limit exceeded on test 1; 0 of 1 test passed.");
	await expect(row(page, 1).locator(".n").first()).toContainText("of 500 ms");
	await expect(below(page, 1)).toContainText("CPU time is over the limit of 500 ms.");
	const [fill, track] = await Promise.all([".fill.over", ".track"].map((name) => row(page, 1).locator(name).first().boundingBox()));
	expect(fill.width).toBeCloseTo(track.width, 0);
	const memory = await row(page, 1).locator(".fill").nth(1).boundingBox();
	expect(memory.width).toBeLessThan(track.width / 2);
});

test("without an expected output the program is only run", async ({ page }) => {
	await open(page);
	await submit(page, programs.sum, [["1 2", null]]);
	await expect(status(page)).toHaveText("The program ran well.");
	await below(page, 1).locator("summary").click();
	await expect(below(page, 1).locator("pre")).toHaveText("3\n");
});

test("an exit status is told", async ({ page }) => {
	await open(page);
	await submit(page, programs.exit, [["", "1"]]);
	await expect(below(page, 1)).toContainText("Exit status 3.");
});

test("after the first failure it stops where that is asked for", async ({ page }) => {
	await open(page);
	await page.getByText("Comparing and stopping").click();
	await page.getByLabel("stop after the first test that fails").check();
	// a service may run the first few side by side
	await submit(page, programs.say("1"), [["", "2"], ...Array(7).fill(["", "1"])]);
	await expect(status(page)).toHaveText(/^Wrong answer on test 1; [0-6] of 8 tests passed\.$/);
	await expect(row(page, 8)).toContainText("SKIP");
});

test("the job is what the form says", async ({ page }) => {
	await open(page);
	await page.getByLabel("CPU time").fill("1.5");
	await page.getByLabel("Memory").fill("64");
	await page.getByLabel("Wall time").fill("4");
	await page.getByLabel("Output (MiB)").fill("0.5");
	await page.getByLabel("Processes").fill("8");
	await page.getByText("Comparing and stopping").click();
	await page.getByLabel("white space counts").check();
	await page.getByLabel("Numbers may be off by").fill("1e-6");
	const sent = page.waitForRequest((request) => request.method() === "POST");
	await submit(page, programs.sum, [["1 2", "3"], ["4", null]]);
	expect((await sent).postDataJSON()).toEqual({
		language: "python3",
		files: [{ text: programs.sum }],
		tests: [{ stdin: "1 2", answer: "3" }, { stdin: "4" }],
		limits: { time: "1500000us", memory: "67108864B", wall: "4000000us", output: "524288B", pids: 8 },
		checker: { kind: "tokens", space_sensitive: true, float_tolerance: 1e-6 },
		keep_output: "16K",
	});
	await expect(status(page)).toHaveText(/passed|ran well/);
	await page.getByLabel("byte for byte").check();
	await expect(page.getByLabel("white space counts")).toBeDisabled();
	const again = page.waitForRequest((request) => request.method() === "POST");
	await page.getByRole("button", { name: "Run", exact: true }).click();
	expect((await again).postDataJSON().checker).toEqual({ kind: "exact" });
});

test("what is wrong in the form is said beside it, and not sent", async ({ page }) => {
	await open(page);
	await page.getByLabel("CPU time").fill("fast");
	await page.getByRole("button", { name: "Run", exact: true }).click();
	await expect(status(page)).toHaveText("CPU time has to be a number above 0.");
	await expect(page.getByLabel("CPU time")).toBeFocused();
	await expect(page.getByLabel("CPU time")).toHaveAttribute("aria-invalid", "true");
	await page.getByLabel("CPU time").fill("1");
	await write(page, "");
	await page.getByRole("button", { name: "Run", exact: true }).click();
	await expect(status(page)).toHaveText("There is no program yet.");
	await expect(page.locator("#editor .cm-content")).toBeFocused();
	await expect(page.getByLabel("CPU time")).not.toHaveAttribute("aria-invalid", "true");
});

test("what the service refuses is shown at its field", async ({ page }) => {
	await open(page);
	await page.route("**/v1/jobs", (route) => route.fulfill({
		status: 403,
		contentType: "application/problem+json",
		json: { type: "about:blank", title: "Forbidden", status: 403, detail: "tests[1].answer: too long", field: "tests[1].answer" },
	}));
	await submit(page, programs.sum, [["1", "1"], ["2", "2"]]);
	await expect(status(page)).toHaveText("tests[1].answer: too long");
	await expect(page.locator("#answer-2")).toBeFocused();
});

test("output is text, never markup", async ({ page }) => {
	await open(page);
	await submit(page, programs.say("<img src=x onerror=alert(1)><b>bold</b>"), [["", "<i>right</i>"]]);
	await expect(below(page, 1).locator(".got mark")).toContainText("<img src=x");
	await expect(page.locator("#results img, #results b, #results i")).toHaveCount(0);
});

test("a language that is not installed cannot be chosen", async ({ page, request }) => {
	const languages = await (await request.get("/v1/languages")).json();
	await open(page);
	for (const { name, installed } of languages)
		expect(await page.locator(`#language option[value="${name}"]`).isDisabled()).toBe(!installed);
});

test("each language is coloured that the service has", async ({ page, request }) => {
	const words = { c: "int x = 1;", cpp: "int x = 1;", go: "package main", haskell: "module Main where", php: "<?php echo 1;" };
	const languages = await (await request.get("/v1/languages")).json();
	await open(page);
	for (const { name, installed } of languages.filter((language) => language.installed)) {
		expect(installed).toBe(true);
		await page.getByLabel("Language").selectOption(name);
		await write(page, words[name] ?? "if x = 1 \"text\" then end");
		await expect(page.locator("#editor .cm-line span").first()).toBeVisible();
	}
});

test("tests are added and removed", async ({ page }) => {
	await open(page);
	await setTests(page, [["a", "1"], ["b", "2"], ["c", "3"]]);
	await page.getByRole("button", { name: "Remove test 2" }).click();
	await expect(page.locator("fieldset.test")).toHaveCount(2);
	await expect(page.locator("#input-2")).toHaveValue("c");
	await page.getByRole("button", { name: "Remove test 1" }).click();
	await expect(page.getByRole("button", { name: /Remove/ })).toBeHidden();
});
