// Playwright's results as TAP, for tests/check.
module.exports = class {
	#n = 0;

	onBegin(_, suite) {
		console.log(`1..${suite.allTests().length}`);
	}

	onTestEnd(test, result) {
		const name = test.titlePath().slice(2).join(": ").replaceAll("#", "");
		const skip = test.annotations.find((annotation) => annotation.type === "skip");
		const isGood = result.status === "passed" || result.status === "skipped";
		console.log(`${isGood ? "ok" : "not ok"} ${++this.#n} ${name}${skip ? ` # skip ${skip.description}` : ""}`);
		for (const error of result.errors) {
			for (const line of (error.stack ?? error.message).replace(/\u001b\[\d+m/g, "").split("\n")) console.log(`# ${line}`);
		}
	}

	printsToStdio() {
		return true;
	}
};
