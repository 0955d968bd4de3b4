// What all tests of the page have: a service, and a page that is watched for what no page of ours may do.
//
// Without BASE_URL the service is the mock, a fresh one for each test. With it, it is that of BASE_URL, and for tests that
// need another configuration those of BASE_URL_KEYED (an API key, "right") and BASE_URL_SMALL (one slot, one job in the
// queue); a test whose service is not there is skipped.
const { spawn } = require("node:child_process");
const path = require("node:path");
const { test: base, expect } = require("@playwright/test");

const kinds = {
	open: { options: [], variable: "BASE_URL" },
	keyed: { options: ["--key", "somebody=right"], variable: "BASE_URL_KEYED" },
	small: { options: ["--slots", "1", "--queue", "1"], variable: "BASE_URL_SMALL" },
};

async function startMock(options) {
	const mock = spawn("/usr/bin/python3", [path.join(__dirname, "mock.py"), ...options, process.env.WEB_PAGE],
		{ stdio: ["pipe", "pipe", "inherit"] });
	const url = await new Promise((resolve, reject) => {
		mock.stdout.once("data", (line) => resolve(String(line).trim()));
		mock.once("exit", (code) => reject(new Error(`the mock ended with status ${code}`)));
	});
	return { url, stop: () => mock.stdin.end() };
}

const test = base.extend({
	kind: ["open", { option: true }],

	/** The address of the service. */
	service: async ({ kind }, use) => {
		const { options, variable } = kinds[kind];
		if (process.env.BASE_URL) {
			test.skip(!process.env[variable], `${variable} is not set`);
			await use(process.env[variable]);
			return;
		}
		const mock = await startMock(options);
		await use(mock.url);
		mock.stop();
	},

	baseURL: async ({ service }, use) => use(service),

	/** No request to another host, nothing that the policy forbids, no error in a script. */
	page: async ({ page, service }, use) => {
		const faults = [];
		const origins = new Set([new URL(service).origin]);
		page.allow = (url) => origins.add(new URL(url).origin);
		page.on("request", (request) => {
			if (!origins.has(new URL(request.url()).origin)) faults.push(`request to ${request.url()}`);
		});
		page.on("pageerror", (error) => faults.push(String(error)));
		page.on("console", (message) => {
			if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
		});
		await use(page);
		expect(faults).toEqual([]);
	},
});

/** Real programs, each with what the mock has to do in its place. */
const programs = {
	sum: "print(sum(map(int, input().split())))  # mock: sum\n",
	slowSum: "import time\ntime.sleep(0.5)\nprint(sum(map(int, input().split())))  # mock: sum 0.5\n",
	say: (text) => `print(${JSON.stringify(text)})  # mock: say ${text.replaceAll("\n", "\\n")}\n`,
	sleep: (seconds) => `import time\ntime.sleep(${seconds})  # mock: sleep ${seconds}\n`,
	spin: "while True: pass  # mock: spin\n",
	exit: "raise SystemExit(3)  # mock: exit 3\n",
	syntax: "def (:  # mock: syntax\n",
};

/** Puts a program into the editor. */
async function write(page, text) {
	const content = page.locator("#editor .cm-content");
	await content.click();
	await page.keyboard.press("Control+a");
	await page.keyboard.press("Delete");
	// in one piece: what is typed gets closing brackets
	await page.keyboard.insertText(text);
}

/** Sets the tests: [input, expected output or null]... */
async function setTests(page, tests) {
	const fields = page.locator("fieldset.test");
	while ((await fields.count()) > 1) await fields.last().getByRole("button", { name: /Remove/ }).click();
	for (const [i, [input, answer]] of tests.entries()) {
		if (i > 0) await page.getByRole("button", { name: "Add a test" }).click();
		const test = fields.nth(i);
		await test.getByLabel("Input").fill(input);
		await test.getByLabel("compare the output").setChecked(answer !== null);
		if (answer !== null) await test.getByLabel("Expected output").fill(answer);
	}
}

/** Opens the page, once it is ready. */
async function open(page, url = "/") {
	await page.goto(url);
	await expect(page.locator("#language option")).not.toHaveCount(0);
}

async function submit(page, program, tests) {
	await write(page, program);
	await setTests(page, tests);
	await page.getByRole("button", { name: "Run", exact: true }).click();
}

const status = (page) => page.locator("#status");
const row = (page, n) => page.locator("table.results tbody tr:not(.more)").nth(n - 1);
const below = (page, n) => page.locator("table.results tbody tr.more").nth(n - 1);

/** A job that another client submits. Gives its id. */
async function other(request, program, headers = {}) {
	const answer = await request.post("/v1/jobs", { headers, data: { language: "python3", files: [{ text: program }], tests: [{}] } });
	expect(answer.status()).toBe(202);
	const { id } = await answer.json();
	return id;
}

module.exports = { below, expect, open, other, programs, row, setTests, status, submit, test, write };
