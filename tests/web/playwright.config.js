// How the web page is tested: by Debian's Chromium, one test at a time. What comes of it is in build/web.
const { defineConfig } = require("@playwright/test");

const out = process.env.WEB_OUT;

module.exports = defineConfig({
	testDir: ".",
	testMatch: "*.spec.js",
	outputDir: `${out}/results`,
	workers: 1,
	forbidOnly: true,
	timeout: 60000, // a machine may be slow
	expect: { timeout: 20000 },
	reporter: [["./tap.js"]],
	use: {
		browserName: "chromium",
		launchOptions: {
			executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
			// root has no sandbox of Chromium's; its own background requests are none of the page's
			args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
		},
		viewport: { width: 1280, height: 900 },
		locale: "en-GB",
	},
});
