// The page of the service's own state, asked for anew every two seconds.
import { ApiError, get, keyField } from "./api.js";
import { bar, find, make } from "./dom.js";
import { plural, seconds, size, verdictClass, verdictWords } from "./format.js";

const everyMs = 2000;

function fact(name, value, share = null) {
	return make("div", {}, make("dt", {}, name), make("dd", {}, value, share === null ? null : bar(share, false)));
}

const share = (value, limit) => (limit > 0 ? value / limit : 0);

function facts(stats) {
	const { queue } = stats;
	return [
		fact("State", { starting: "starting", ready: "takes jobs", draining: "takes no new jobs" }[stats.state]),
		fact("Up for", seconds(stats.uptime_s)),
		fact("Running", `${stats.running} of ${stats.slots}`, share(stats.running, stats.slots)),
		fact("Queued", `${queue.jobs} of ${queue.limit.jobs}`, share(queue.jobs, queue.limit.jobs)),
		fact("Queued bytes", `${size(queue.bytes)} of ${size(queue.limit.bytes)}`, share(queue.bytes, queue.limit.bytes)),
		fact("Oldest waits for", queue.oldest_s === null ? "none waits" : seconds(queue.oldest_s)),
	];
}

/** `rows`: each an array, its first cell the row's head. */
function table(caption, head, rows) {
	const cell = (content, i) => (i === 0 ? make("th", { scope: "row" }, content) : make("td", { class: "n" }, content));
	return make("table", {}, make("caption", {}, caption),
		make("thead", {}, make("tr", {}, ...head.map((name, i) => make("th", { scope: "col", class: i === 0 ? "" : "n" }, name)))),
		make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map(cell)))));
}

function verdicts(counts) {
	const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
	const rows = Object.entries(counts).sort((a, b) => b[1] - a[1]).map(([verdict, n]) => [
		make("span", {}, make("span", { class: verdictClass(verdict) }, verdict), ` ${verdictWords(verdict)}`),
		String(n), `${((100 * n) / all).toFixed(1)} %`]);
	return table(`Verdicts of ${plural(all, "job")} since the start`, ["Verdict", "Jobs", "Share"], rows);
}

function tables(stats) {
	const { quantiles, rates, keys } = stats;
	const perMinute = (n) => n.toFixed(1);
	const quantile = (name, q) => [name, String(q.count), seconds(q.p50_s), seconds(q.p90_s), seconds(q.p99_s)];
	return [
		verdicts(stats.verdicts),
		table("Jobs a minute", ["Over the last", "Accepted", "Refused", "Ended"],
			rates.map((rate) => [rate.minutes === 1 ? "minute" : `${rate.minutes} minutes`, ...[rate.accepted, rate.refused, rate.ended].map(perMinute)])),
		table("How long at most, by share of the jobs of the last 15 minutes", ["Time", "Jobs", "50 %", "90 %", "99 %"], [
			quantile("queued", quantiles.queue_wait),
			quantile("compiling", quantiles.compile),
			quantile("testing", quantiles.run),
			quantile("all else", quantiles.overhead),
		]),
		table("Jobs by API key", ["Key", "Queued", "Running"],
			keys.map((key) => [key.name ?? "(no key needed)", String(key.queued), String(key.running)])),
	];
}

function show(stats) {
	find("state").hidden = false;
	find("facts").replaceChildren(...facts(stats));
	find("tables").replaceChildren(...tables(stats));
	find("version").textContent = `sbx ${stats.version}`;
	say("");
}

function say(text) {
	const status = find("status");
	if (status.textContent !== text) status.textContent = text;
}

const askKey = keyField(find("key-form"), find("key"), () => refresh());
let isAsking = false;

async function refresh() {
	if (isAsking) return;
	isAsking = true;
	try {
		show(await get("stats"));
	} catch (error) {
		if (error instanceof ApiError && error.status === 401 && find("key-form").hidden) askKey();
		say(error instanceof ApiError ? error.message : "The service cannot be reached. The numbers are those of before.");
	}
	isAsking = false;
}

find("pause").addEventListener("click", () => {
	const isPaused = find("pause").getAttribute("aria-pressed") !== "true";
	find("pause").setAttribute("aria-pressed", String(isPaused));
	if (!isPaused) refresh();
});
setInterval(() => {
	if (!document.hidden && find("pause").getAttribute("aria-pressed") !== "true") refresh();
}, everyMs);
refresh();
