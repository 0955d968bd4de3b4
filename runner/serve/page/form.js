// The form of a submission: what is in it as a job for the service, and as what is kept for the next visit.
import { find, make } from "./dom.js";

const texts = ["time", "memory", "wall", "output", "pids", "float-tolerance"];
const checks = ["case-sensitive", "space-sensitive", "presentation", "stop"];
const keepOutput = "16K"; // enough for what a person reads

/** Something that cannot be sent, and the field with it; null: the editor. */
export class FormError extends Error {
	constructor(message, field) {
		super(message);
		this.field = field;
	}
}

// ---- tests ----

function testFields(number, test) {
	const input = make("textarea", { class: "input", rows: 3, spellcheck: false, id: `input-${number}`, value: test.input });
	const answer = make("textarea", { class: "answer", rows: 3, spellcheck: false, id: `answer-${number}`, value: test.answer });
	const hasAnswer = make("input", { type: "checkbox", class: "has-answer", checked: test.hasAnswer });
	const show = () => (answer.disabled = !hasAnswer.checked);
	hasAnswer.addEventListener("change", show);
	show();
	return make("fieldset", { class: "test" },
		make("legend", {}, `Test ${number}`),
		make("div", {}, make("label", { htmlFor: input.id }, "Input"), input),
		make("div", {}, make("label", { htmlFor: answer.id }, "Expected output"), answer),
		make("label", { class: "check" }, hasAnswer, " compare the output"),
		make("button", { type: "button", class: "remove", "aria-label": `Remove test ${number}` }, "Remove"));
}

export const noTest = { input: "", answer: "", hasAnswer: true };

function readTests() {
	return Array.from(document.querySelectorAll("fieldset.test"), (test) => ({
		input: test.querySelector(".input").value,
		answer: test.querySelector(".answer").value,
		hasAnswer: test.querySelector(".has-answer").checked,
	}));
}

/** Shows these instead of those that are there. */
export function writeTests(tests) {
	find("tests").replaceChildren(...tests.map((test, i) => testFields(i + 1, test)));
	for (const button of document.querySelectorAll("button.remove")) button.hidden = tests.length === 1;
}

/** The buttons that add and remove tests. */
export function watchTests(changed) {
	const focus = (n) => find(`input-${n}`)?.focus();
	find("add-test").addEventListener("click", () => {
		writeTests([...readTests(), noTest]);
		focus(readTests().length);
		changed();
	});
	find("tests").addEventListener("click", (event) => {
		if (!event.target.matches("button.remove")) return;
		const index = [...document.querySelectorAll("button.remove")].indexOf(event.target);
		writeTests(readTests().filter((_, i) => i !== index));
		focus(Math.max(1, index));
		changed();
	});
}

// ---- what is kept ----

/** All that the form holds, but for the source. */
export function readForm() {
	const form = { tests: readTests(), compare: find("compare-exact").checked ? "exact" : "tokens" };
	for (const id of texts) form[id] = find(id).value;
	for (const id of checks) form[id] = find(id).checked;
	return form;
}

/** What is not in `form` stays as it is: an older page may have kept it. */
export function writeForm(form) {
	for (const id of texts) if (typeof form[id] === "string") find(id).value = form[id];
	for (const id of checks) if (typeof form[id] === "boolean") find(id).checked = form[id];
	find(form.compare === "exact" ? "compare-exact" : "compare-tokens").checked = true;
	if (Array.isArray(form.tests) && form.tests.length > 0) writeTests(form.tests);
	showTokensOnly();
}

export function showTokensOnly() {
	find("tokens-only").disabled = find("compare-exact").checked;
}

// ---- the job ----

/** The number in a field, or undefined where it is empty. */
function number(id, what, { whole = false, zero = false } = {}) {
	const text = find(id).value.trim().replace(",", ".");
	const value = Number(text);
	if (text === "") return undefined;
	if (!Number.isFinite(value) || value < 0 || (value === 0 && !zero) || (whole && !Number.isInteger(value)))
		throw new FormError(`${what} has to be a ${whole ? "whole " : ""}number above 0.`, find(id));
	return value;
}

/** Whole microseconds and bytes, however the number was typed. */
const unit = (value, factor, name) => (value === undefined ? undefined : `${Math.max(1, Math.round(value * factor))}${name}`);
const seconds = (id, what) => unit(number(id, what), 1e6, "us");
const mebibytes = (id, what) => unit(number(id, what), 2 ** 20, "B");

function checker() {
	const presentation = find("presentation").checked || undefined;
	if (find("compare-exact").checked) return { kind: "exact", presentation };
	return {
		kind: "tokens",
		presentation,
		case_sensitive: find("case-sensitive").checked || undefined,
		space_sensitive: find("space-sensitive").checked || undefined,
		float_tolerance: number("float-tolerance", "What numbers may be off by", { zero: true }),
	};
}

/** Fails with a FormError. What is undefined does not get into the JSON. */
export function readJob(language, source) {
	return {
		language,
		files: [{ text: source }],
		tests: readTests().map((test) => ({ stdin: test.input, answer: test.hasAnswer ? test.answer : undefined })),
		limits: {
			time: seconds("time", "CPU time"),
			wall: seconds("wall", "Wall time"),
			memory: mebibytes("memory", "Memory"),
			output: mebibytes("output", "Output"),
			pids: number("pids", "Processes", { whole: true }),
		},
		checker: checker(),
		after_failure: find("stop").checked ? "stop" : undefined,
		keep_output: keepOutput,
	};
}

const places = {
	"limits.time": "time",
	"limits.wall": "wall",
	"limits.memory": "memory",
	"limits.output": "output",
	"limits.pids": "pids",
	"checker.float_tolerance": "float-tolerance",
	language: "language",
};

/** The element that a place in the job ("tests[1].stdin") came from, or null. */
export function fieldOf(place) {
	const test = /^tests\[(\d+)\](?:\.(\w+))?/.exec(place ?? "");
	if (test) return find(`${test[2] === "answer" ? "answer" : "input"}-${Number(test[1]) + 1}`);
	return places[place] ? find(places[place]) : null;
}
