// The page to submit jobs on: a submission goes to the service, its events come back, and the results are shown.
import { ApiError, cancel, get, keyField, randomName, submit } from "./api.js";
import { find, make } from "./dom.js";
import { createEditor } from "./editor.js";
import { follow } from "./events.js";
import { fieldOf, FormError, noTest, readForm, readJob, showTokensOnly, watchTests, writeForm, writeTests } from "./form.js";
import { plural, verdictWords } from "./format.js";
import { Results, sentence } from "./results.js";

const keptItem = "sbx.submission";
const unreachable = "The service cannot be reached.";

const sample = {
	language: "python3",
	source: "a, b = map(int, input().split())\nprint(a + b)\n",
	form: { tests: [{ input: "1 2\n", answer: "3\n", hasAnswer: true }, { input: "20 22\n", answer: "42\n", hasAnswer: true }], time: "2" },
};

// ---- what is kept for the next visit ----

function kept() {
	try {
		return JSON.parse(localStorage.getItem(keptItem)) ?? {};
	} catch {
		return {}; // no storage, or not ours
	}
}

function keep(more) {
	try {
		localStorage.setItem(keptItem, JSON.stringify({ ...kept(), ...more }));
	} catch {
		// a full or forbidden storage costs the next visit something, this one nothing
	}
}

const editor = createEditor(find("editor"), () => keepSoon());
let keepTimer;

function keepNow() {
	clearTimeout(keepTimer);
	keep({ language: find("language").value, source: editor.text, form: readForm() });
}

function keepSoon() {
	clearTimeout(keepTimer);
	keepTimer = setTimeout(keepNow, 300);
}

// ---- words ----

function say(text, isBad = false) {
	const status = find("status");
	if (status.textContent !== text) status.textContent = text;
	status.classList.toggle("bad-text", isBad);
}

function queueText(position) {
	if (position === 0) return "Queued: yours is next.";
	return `Queued: ${plural(position, "job is", "jobs are")} before yours.`;
}

function progressText(results) {
	const failure = results.firstFailure;
	const known = results.total > 0 ? `${results.done} of ${plural(results.total, "test")} done` : `${plural(results.done, "test")} done`;
	return `Running: ${known}${failure ? `; test ${failure.result.name}: ${verdictWords(failure.result.verdict)}` : ""}.`;
}

function overText(job) {
	if (job.state === "cancelled") return "Cancelled.";
	if (job.state === "failed") return `The job failed: ${job.error.detail}`;
	return sentence(job.report);
}

// ---- a job that is under way ----

let current = null; // { id, controller }
let awaitsKey = null; // what was refused for want of a key, and is done when there is one

const isBusy = () => find("run").getAttribute("aria-disabled") === "true";

/** Buttons that have the focus must not lose it to nowhere: Run is not disabled, and takes it from those that go. */
function hide(element) {
	const hasFocus = element.contains(document.activeElement);
	element.hidden = true;
	if (hasFocus) find("run").focus();
}

function setBusy(busy, mayCancel = busy) {
	find("run").setAttribute("aria-disabled", String(busy));
	find("cancel").setAttribute("aria-disabled", "false");
	if (mayCancel) find("cancel").hidden = false;
	else hide(find("cancel"));
}

/** Nothing that is under way is shown any longer. The job itself goes on. */
function leave() {
	current?.controller.abort();
	current = null;
	awaitsKey = null;
	setBusy(false);
	stopRetry();
}

function listen(results, update) {
	let state = null;
	return {
		told(name, data) {
			if (name === "restart") results.restart();
			else if (name !== "state") results.told(name, data);
			if (name === "state") state = data;
			if (state?.state === "queued") update(queueText(state.position));
			else if (name === "compiling") update("Compiling.");
			else if (state?.state === "running" && name !== "state") update(progressText(results));
			else if (state?.state === "running") update(state.attempt > 1 ? "Started anew, since the service was restarted." : "Starting.");
		},
		lost(isLost) {
			if (isLost) update("The connection is lost; trying to get it back.");
			else update(progressText(results));
		},
	};
}

/** Shows a job to its end. `answers`: as for Results. */
async function watch(id, answers) {
	const controller = new AbortController();
	current = { id, controller };
	const { signal } = controller;
	try {
		let job = await get(`jobs/${id}`, { signal });
		const results = new Results(find("results"), id, answers);
		if (job.state === "queued" || job.state === "running") {
			setBusy(true);
			await follow(id, { signal, ...listen(results, say) });
			job = await get(`jobs/${id}`, { signal });
		}
		results.finish(job);
		say(overText(job), job.state === "failed");
		mark(fieldOf(job.error?.field));
	} catch (error) {
		if (signal.aborted) return;
		say(watchError(error), true);
	}
	current = null;
	setBusy(false);
}

function watchError(error) {
	if (!(error instanceof ApiError)) return `${unreachable} Reload the page to see what became of the job.`;
	if (error.status === 401) askKey();
	if (error.status === 404) return "There is no such job, or its result was kept for as long as it had to be.";
	return error.message;
}

// ---- submitting ----

/** Says of this field alone that it is wrong, and goes there. */
function mark(field) {
	for (const marked of document.querySelectorAll("[aria-invalid]")) marked.removeAttribute("aria-invalid");
	if (field === null) return;
	field.setAttribute("aria-invalid", "true");
	field.closest("details")?.setAttribute("open", "");
	field.focus();
}

function readSubmission() {
	if (editor.text.trim() === "") throw new FormError("There is no program yet.", null);
	return readJob(find("language").value, editor.text);
}

async function run() {
	if (isBusy()) return;
	leave();
	mark(null);
	keepNow();
	try {
		await send(readSubmission(), randomName());
	} catch (error) {
		if (!(error instanceof FormError)) throw error;
		say(error.message, true);
		if (error.field === null) editor.focus();
		else mark(error.field);
	}
}

/** The same name each time that the same job is sent: the service then runs it once, even if its answer was lost. */
async function send(job, name) {
	const controller = new AbortController();
	current = { id: null, controller };
	awaitsKey = null;
	setBusy(true, false);
	say("Sending.");
	try {
		const { id } = await submit(job, name, controller.signal);
		const answers = job.tests.map((test) => test.answer ?? null);
		keep({ job: id, answers });
		history.replaceState(null, "", `#job=${id}`);
		say("Sent.");
		await watch(id, answers);
	} catch (error) {
		if (controller.signal.aborted) return;
		setBusy(false);
		refused(error, job, name);
	}
}

function refused(error, job, name) {
	const isAnswer = error instanceof ApiError;
	say(isAnswer ? error.message : unreachable, true);
	if (isAnswer && error.status === 401) {
		awaitsKey = () => send(job, name);
		askKey();
	} else if (!isAnswer || error.retryAfter !== null) {
		offerRetry(isAnswer ? error.retryAfter : 5, () => send(job, name));
	} else {
		mark(fieldOf(error.field));
	}
}

// ---- trying again ----

let retryTimer = null;

function stopRetry() {
	clearInterval(retryTimer);
	hide(find("retry"));
}

function offerRetry(seconds, again) {
	const due = Date.now() + seconds * 1000;
	const go = () => {
		stopRetry();
		again();
	};
	const tick = () => {
		const left = Math.ceil((due - Date.now()) / 1000);
		find("retry-when").textContent = left > 0 ? `It may be tried again in ${left} s, at ${new Date(due).toLocaleTimeString()}.` : "It may be tried again now.";
		find("retry-now").disabled = left > 0;
		if (left <= 0 && find("retry-auto").checked) go();
	};
	clearInterval(retryTimer);
	find("retry-now").onclick = go;
	find("retry").hidden = false;
	retryTimer = setInterval(tick, 250);
	tick();
}

// ---- start ----

const askKey = keyField(find("key-form"), find("key"), () => (awaitsKey ? awaitsKey() : showLink()));

/** The job that the address names, if another one is not shown. Without one, nothing changes. */
function showLink() {
	const id = /^#job=([\w-]{16,64})$/.exec(location.hash)?.[1];
	if (id === undefined || current?.id === id) return;
	const { job, answers } = kept();
	leave();
	say("Fetching the job.");
	watch(id, job === id ? answers : null);
}

function languageOption({ name, title, installed, packages }) {
	const text = installed ? title : `${title}: not installed (${packages.join(" ")})`;
	return make("option", { value: name, disabled: !installed }, text);
}

async function listLanguages(wanted) {
	const languages = await get("languages");
	const select = find("language");
	select.replaceChildren(...languages.map(languageOption));
	const usable = languages.filter((language) => language.installed).map((language) => language.name);
	select.value = usable.includes(wanted) ? wanted : (usable[0] ?? "");
	editor.setLanguage(select.value);
}

async function start() {
	const last = kept();
	const { language, source, form } = last.source === undefined ? sample : last;
	writeTests([noTest]);
	writeForm(form ?? {});
	editor.text = source;
	try {
		const [version] = await Promise.all([get("version"), listLanguages(language)]);
		find("version").textContent = `sbx ${version.version}`;
		if (version.key_required) find("key-form").hidden = false;
	} catch (error) {
		say(error instanceof ApiError ? error.message : unreachable, true);
		return;
	}
	showLink();
}

find("submission").addEventListener("submit", (event) => {
	event.preventDefault();
	run();
});
find("submission").addEventListener("input", () => {
	showTokensOnly();
	keepSoon();
});
find("language").addEventListener("change", () => editor.setLanguage(find("language").value));
find("cancel").addEventListener("click", async () => {
	if (find("cancel").getAttribute("aria-disabled") === "true") return;
	find("cancel").setAttribute("aria-disabled", "true");
	try {
		await cancel(current.id);
	} catch (error) {
		// one that has just ended tells so itself
		if (error.status !== 409) say(error instanceof ApiError ? error.message : unreachable, true);
		find("cancel").setAttribute("aria-disabled", "false");
	}
});
// before the editor sees it, which has another use for it
document.addEventListener("keydown", (event) => {
	if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
	event.preventDefault();
	event.stopPropagation();
	run();
}, { capture: true });
window.addEventListener("hashchange", showLink);
window.addEventListener("pagehide", keepNow);
watchTests(keepNow);
start();
