// The results of a job, as its events tell of them and as its report has them in the end.
import { differenceText, differenceView } from "./difference.js";
import { bar, make } from "./dom.js";
import { limitTime, plural, size, time, verdictClass, verdictWords } from "./format.js";

const rowsMax = 1000; // a page of more is of no use to anybody

/** What decided, in a line; null where there is nothing to say. */
function cause(result) {
	const { run } = result;
	const limits = run.limits ?? {};
	switch (result.verdict) {
		case "WA":
		case "PE":
			if (result.difference) return differenceText(result.difference);
			return result.checker?.message?.trim().split("\n")[0] || "The checker says no.";
		case "TLE":
			if (result.reason === "wall") return `Wall time ${time(run.wall_us)}, the limit is ${limitTime(limits.wall?.value)}.`;
			return result.reason === "cpu" ? `CPU time is over the limit of ${limitTime(limits.time?.value)}.`
				: "It and the validator waited for each other.";
		case "MLE":
			return result.reason === "heap" ? "The heap of its runtime was full." : `It needs more than ${size(limits.memory?.value)}.`;
		case "OLE":
			return `It wrote more than ${size(limits.output?.value)}.`;
		case "SV":
			return run.denied_syscall ? `The call ${run.denied_syscall} is not allowed.` : "It made a call that is not allowed.";
		case "RE":
			if (run.signal !== null) return `Ended by ${run.signal_name ?? `signal ${run.signal}`}.`;
			return run.exit_code !== null ? `Exit status ${run.exit_code}.` : (run.error?.message ?? "It could not be run.");
		case "IE":
			return run.error?.message ?? "The checker failed.";
		default:
			return null;
	}
}

function outputView(title, text, isCut) {
	if (!text) return null;
	return make("div", {}, make("h4", {}, title, isCut ? make("span", { class: "soft" }, " (its beginning)") : null),
		make("pre", { tabIndex: 0, role: "group", "aria-label": title }, text));
}

/** All that is known of a test, below its row. */
function details(result, expected) {
	const line = cause(result);
	const parts = [];
	if (result.difference) parts.push(differenceView(result.difference, result.stdout ?? "", result.stdout_cut, expected));
	else parts.push(outputView("Output", result.stdout, result.stdout_cut));
	parts.push(outputView("Standard error", result.stderr, result.stderr_cut));
	if (result.checker) parts.push(outputView("The checker says", result.checker.message, false));
	if (result.reruns > 0) parts.push(make("p", { class: "soft" }, `Run again ${plural(result.reruns, "time")}, since the machine was disturbed.`));
	const shown = parts.filter((part) => part !== null);
	if (shown.length === 0) return line === null ? null : make("p", {}, line);
	return make("details", {}, make("summary", {}, line ?? "Output"), ...shown);
}

/** A number with its limit and a bar for the share. */
function measure(value, limit, format, formatLimit) {
	if (value == null) return make("td", { class: "n" }, "–");
	const isOver = limit != null && value > limit;
	return make("td", { class: "n" }, make("span", {}, format(value)),
		limit == null ? null : make("span", { class: "soft" }, ` of ${formatLimit(limit)}`),
		limit == null ? null : bar(value / limit, isOver));
}

const mark = (verdict) => make("span", { class: verdictClass(verdict), title: verdictWords(verdict) }, verdict);

export class Results {
	#section;
	#id;
	#answers;
	#rows = new Map();
	#body;
	#compiler = make("div");
	#heading = make("h2", { id: "results-title" }, "Results");
	#summary = make("p", { class: "summary" });
	#opened = false;
	#left = 0;
	done = 0;
	total = 0;
	firstFailure = null;

	/** `answers`: what each test expects, where this page knows it (else null), and so how many there are. */
	constructor(section, id, answers) {
		this.#section = section;
		this.#id = id;
		this.#answers = answers;
		this.restart();
	}

	/** Forgets what was told. */
	restart() {
		this.#rows.clear();
		this.#opened = false;
		this.#left = 0;
		this.done = 0;
		this.total = this.#answers?.length ?? 0;
		this.firstFailure = null;
		this.#body = make("tbody");
		this.#compiler.replaceChildren();
		const head = ["Test", "Verdict", "CPU time", "Memory"].map((name) => make("th", { scope: "col" }, name));
		const link = make("a", { href: `#job=${this.#id}` }, this.#id);
		this.#section.replaceChildren(this.#heading, this.#summary, this.#compiler,
			make("table", { class: "results" }, make("caption", {}, "Tests of job ", link),
				make("thead", {}, make("tr", {}, ...head)), this.#body));
		this.#section.hidden = false;
		this.#answers?.forEach((_, i) => this.#row(i, String(i + 1)));
	}

	#row(index, name) {
		if (this.#rows.has(index)) return this.#rows.get(index);
		if (index >= rowsMax) return null;
		const row = make("tr", {}, ...this.#cells(name, make("span", { class: "v" }, "waits")));
		const more = make("tr", { class: "more", hidden: true });
		this.#body.append(row, more);
		this.#rows.set(index, { row, more, isDone: false });
		return this.#rows.get(index);
	}

	#cells(name, verdict, cpu = make("td", { class: "n" }), memory = make("td", { class: "n" })) {
		return [make("th", { scope: "row" }, name), make("td", {}, verdict), cpu, memory];
	}

	#started({ index, test }) {
		const entry = this.#row(index, test);
		if (entry && !entry.isDone) entry.row.replaceChildren(...this.#cells(test, make("span", { class: "v runs" }, "runs")));
	}

	/** `isFinal` is false of a test that will be run again. */
	#result(index, result, isFinal) {
		const entry = this.#row(index, result.name);
		if (isFinal && !entry?.isDone) this.done++;
		if (isFinal && !["AC", "OK", "SKIP"].includes(result.verdict)) this.#failure(index, result);
		if (!entry) {
			this.#left++;
			return;
		}
		entry.isDone = isFinal;
		if (result.verdict === "SKIP") {
			entry.row.replaceChildren(...this.#cells(result.name, mark("SKIP")));
			return;
		}
		const { run } = result;
		entry.row.replaceChildren(...this.#cells(result.name, mark(result.verdict),
			measure(run.cpu_us, run.limits?.time.value, time, limitTime),
			measure(run.memory_peak_bytes, run.limits?.memory.value, size, size)));
		const below = details(result, this.#answers?.[index] ?? null);
		entry.more.hidden = below === null;
		if (below === null) return;
		entry.more.replaceChildren(make("td", { colSpan: 4 }, below));
		if (this.#opened || this.firstFailure?.index !== index) return;
		below.open = true;
		this.#opened = true;
	}

	#failure(index, result) {
		if (this.firstFailure === null || index < this.firstFailure.index) this.firstFailure = { index, result };
	}

	#compiled(compile, refused) {
		const said = [compile?.output?.trimEnd(), refused].filter(Boolean).join("\n");
		this.#compiler.replaceChildren();
		if (said === "" && compile?.reason == null) return;
		const what = compile && !compile.ok && compile.reason && compile.reason !== "exit"
			? `It was ended by its limit: ${compile.reason}.` : null;
		const text = make("pre", { tabIndex: 0, role: "group", "aria-label": "What the compiler says" }, said);
		this.#compiler.append(make("details", { open: !compile?.ok },
			make("summary", {}, make("h3", {}, "The compiler says")), what ? make("p", {}, what) : null, said === "" ? null : text));
	}

	/** One of the judge's events. */
	told(name, event) {
		if (name === "test_started") this.#started(event);
		else if (name === "test_aside") this.#result(event.index, event.result, false);
		else if (name === "test_finished") this.#result(event.index, event.result, true);
		else if (name === "compiled") this.#compiled(event.result, null);
	}

	/** The job as it ended, whatever of it was told before. */
	finish(job) {
		const { report } = job;
		for (const waits of this.#body.querySelectorAll(".v:not([title])")) waits.textContent = "–";
		if (report === null) {
			this.#summary.textContent = job.error ? job.error.detail : "";
			return;
		}
		this.#compiled(report.compile ?? report.checker_compile, report.refused);
		report.tests.forEach((test, i) => {
			if (!this.#rows.get(i)?.isDone) this.#result(i, test, true);
		});
		this.#summary.replaceChildren(mark(report.verdict), make("span", { class: "soft" }, `${report.language}, ${time(report.ms * 1000)} in all`),
			...(this.#left > 0 ? [` ${plural(this.#left, "more test")} ${this.#left === 1 ? "is" : "are"} not shown.`] : []));
	}
}

/** A report's verdict in a sentence. */
export function sentence(report) {
	const { counts, tests, verdict } = report;
	const good = (counts.AC ?? 0) + (counts.OK ?? 0);
	if (verdict === "AC") return tests.length === 1 ? "Accepted: the test passed." : `Accepted: all ${tests.length} tests passed.`;
	if (verdict === "OK") return tests.length === 1 ? "The program ran well." : `The program ran well on all ${tests.length} tests.`;
	if (verdict === "CE") return "Compile error: no test was run.";
	if (verdict === "IE" && report.error) return `The judge failed: ${report.error.message}`;
	const words = verdictWords(verdict);
	const which = report.decided_by === null ? "" : ` on test ${report.decided_by}`;
	return `${words[0].toUpperCase()}${words.slice(1)}${which}; ${good} of ${plural(tests.length, "test")} passed.`;
}
