// How the pages look and are used: by keyboard, with other eyes, on small screens. Screenshots are left in build/web/shots.
const { AxeBuilder } = require("@axe-core/playwright");
const { below, expect, open, programs, row, setTests, status, submit, test } = require("./fixtures.js");

const shot = (page, name) => page.screenshot({ path: `${process.env.WEB_OUT}/shots/${name}.png`, fullPage: true });

/** Nothing that keeps people out. */
async function checkAccess(page) {
	const { violations } = await new AxeBuilder({ page }).analyze();
	const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
	expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}

async function judged(page) {
	await open(page);
	await page.getByLabel("CPU time").fill("0.5");
	await submit(page, programs.say("4\n8\n16\n23\n42"), [["", "4\n8\n16\n23\n42"], ["", "4\n8\n15\n16\n23\n42"], ["", null]]);
	await expect(status(page)).toHaveText(/^Wrong answer/);
}

for (const colorScheme of ["light", "dark"]) {
	test.describe(colorScheme, () => {
		test.use({ colorScheme });

		test("a result", async ({ page }) => {
			await judged(page);
			await checkAccess(page);
			await shot(page, `result-${colorScheme}`);
		});

		test("a compile error", async ({ page }) => {
			await open(page);
			await page.getByText("Comparing and stopping").click();
			await submit(page, programs.syntax, [["", "1"]]);
			await expect(status(page)).toHaveText(/^Compile error/);
			await checkAccess(page);
			await shot(page, `compile-${colorScheme}`);
		});

		test("a time limit", async ({ page }) => {
			await open(page);
			await page.getByLabel("CPU time").fill("0.5");
			await submit(page, programs.spin, [["", "1"], ["", "1"]]);
			await expect(status(page)).toHaveText(/^Time limit exceeded/);
			await checkAccess(page);
			await shot(page, `time-${colorScheme}`);
		});

		test("the state", async ({ page, request }) => {
			for (const program of [programs.exit, programs.say("1"), programs.say("2")])
				await request.post("/v1/jobs?wait=20", { data: { language: "python3", files: [{ text: program }], tests: [{ answer: "1" }] } });
			await page.goto("/state");
			await expect(page.locator("#facts")).toContainText("takes jobs");
			await checkAccess(page);
			await shot(page, `state-${colorScheme}`);
		});
	});
}

test("both schemes differ, and the page follows", async ({ page }) => {
	await open(page);
	const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	await page.emulateMedia({ colorScheme: "light" });
	const light = await background();
	await page.emulateMedia({ colorScheme: "dark" });
	expect(await background()).not.toBe(light);
});

test.describe("narrow", () => {
	test.use({ viewport: { width: 360, height: 740 } });

	test("nothing is wider than the screen", async ({ page }) => {
		await judged(page);
		for (const url of [null, "/state"]) {
			if (url) await page.goto(url);
			if (url) await expect(page.locator("#facts")).toContainText("takes jobs");
			const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
			expect(inner).toBeLessThanOrEqual(outer);
			await checkAccess(page);
			await shot(page, url ? "state-narrow" : "result-narrow");
		}
	});
});

test("motion is left out where it is not wanted", async ({ page }) => {
	await page.emulateMedia({ reducedMotion: "reduce" });
	await open(page);
	await submit(page, programs.sleep(20), [["", "1"]]);
	await expect(row(page, 1).locator(".runs")).toBeVisible();
	const animation = () => row(page, 1).locator(".runs").evaluate((element) => getComputedStyle(element).animationName);
	expect(await animation()).toBe("none");
	await page.emulateMedia({ reducedMotion: "no-preference" });
	expect(await animation()).toBe("pulse");
	await page.getByRole("button", { name: "Cancel" }).click();
	await expect(status(page)).toHaveText("Cancelled.");
});

test("verdicts are said to those who do not see them", async ({ page }) => {
	await open(page);
	await expect(status(page)).toHaveRole("status");
	await submit(page, programs.say("1"), [["", "2"]]);
	await expect(page.getByRole("status")).toHaveText("Wrong answer on test 1; 0 of 1 test passed.");
	await expect(page.getByRole("table", { name: /^Tests of job/ })).toBeVisible();
	await expect(row(page, 1).getByRole("rowheader")).toHaveText("1");
});

/** Presses Tab until `locator` has the focus; gives how often. */
async function tabTo(page, locator, most = 30) {
	for (let n = 1; n <= most; n++) {
		await page.keyboard.press("Tab");
		const ring = () => page.evaluate(() => {
			let element = document.activeElement;
			while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
			const shown = element.closest(".cm-editor") ?? element;
			return { width: getComputedStyle(shown).outlineWidth, style: getComputedStyle(shown).outlineStyle, name: element.id || element.textContent.slice(0, 30) };
		});
		const { name } = await ring();
		// the editor's comes a moment after the focus
		await expect.poll(async () => (await ring()).style, `the focus on ${name} is seen`).not.toBe("none");
		expect(Number.parseFloat((await ring()).width), `the focus on ${name} is seen`).toBeGreaterThan(0);
		if (await locator.evaluate((element) => element.getRootNode().activeElement === element)) return n;
	}
	throw new Error("it is not reached by Tab");
}

test("all is done by keyboard alone", async ({ page }) => {
	await open(page);
	const language = page.getByLabel("Language");
	await tabTo(page, language);
	await page.keyboard.press("Home");
	for (let n = 0; n < 20 && (await language.inputValue()) !== "python3"; n++) await page.keyboard.press("ArrowDown");
	await expect(language).toHaveValue("python3");
	const editor = page.locator("#editor .cm-content");
	await tabTo(page, editor, 1);
	await page.keyboard.press("Control+a");
	await page.keyboard.press("Delete");
	await page.keyboard.insertText("if True:\n");
	await page.keyboard.press("Tab");
	await page.keyboard.insertText("print(5)  # mock: say 5");
	await expect(editor).toContainText("    print(5)");
	await expect(editor).toBeFocused();
	// the way out that the page names
	await page.keyboard.press("Escape");
	await tabTo(page, page.locator("#input-1"), 1);
	await page.keyboard.press("Control+a");
	await page.keyboard.type("9");
	await tabTo(page, page.locator("#answer-1"), 1);
	await page.keyboard.press("Control+a");
	await page.keyboard.type("5");
	await tabTo(page, page.getByRole("button", { name: "Remove test 2" }));
	await page.keyboard.press("Enter");
	await expect(page.locator("fieldset.test")).toHaveCount(1);
	await expect(page.locator("#input-1")).toBeFocused();
	await page.keyboard.press("Control+Enter");
	await expect(status(page)).toHaveText("Accepted: the test passed.");
	const output = below(page, 1).locator("summary");
	await tabTo(page, output);
	await page.keyboard.press("Enter");
	await expect(below(page, 1).locator("pre")).toHaveText("5\n");
});

test("Run and Cancel are pressed by keyboard", async ({ page }) => {
	await open(page);
	await setTests(page, [["", "1"]]);
	await page.locator("#editor .cm-content").focus();
	await page.keyboard.press("Control+a");
	await page.keyboard.insertText(programs.sleep(20));
	await page.keyboard.press("Escape");
	await tabTo(page, page.getByRole("button", { name: "Run", exact: true }));
	await page.keyboard.press("Enter");
	await expect(row(page, 1)).toContainText("runs");
	await expect(page.getByRole("button", { name: "Run", exact: true })).toBeFocused();
	await tabTo(page, page.getByRole("button", { name: "Cancel" }), 1);
	await page.keyboard.press("Enter");
	await expect(status(page)).toHaveText("Cancelled.");
	// it is gone, and the focus is not
	await expect(page.getByRole("button", { name: "Run", exact: true })).toBeFocused();
});
