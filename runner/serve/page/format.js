// Numbers and names for people.

/** Rounded down, as in sbx's own reports: what is under a limit must not look as if it were over it. */
function digits(value, places) {
	const scale = 10 ** places;
	return (Math.floor(value * scale) / scale).toFixed(places);
}

export function time(us) {
	if (us == null) return "unknown";
	if (us < 1000) return `${us} µs`;
	if (us < 1e6) return `${digits(us / 1000, 1)} ms`;
	return `${digits(us / 1e6, 3)} s`;
}

export function size(bytes) {
	if (bytes == null) return "unknown";
	if (bytes < 1024) return `${bytes} B`;
	const units = ["KiB", "MiB", "GiB", "TiB"];
	let value = bytes / 1024;
	let unit = 0;
	while (value >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return `${Number.isInteger(value) ? value : digits(value, 1)} ${units[unit]}`;
}

/** A limit: "1 s" rather than "1.000 s". */
export function limitTime(us) {
	return us % 1e6 === 0 ? `${us / 1e6} s` : us % 1000 === 0 ? `${us / 1000} ms` : time(us);
}

export function seconds(s) {
	if (s == null) return "–";
	if (s < 60) return s < 1 ? `${digits(s * 1000, 1)} ms` : `${digits(s, 1)} s`;
	const m = Math.floor(s / 60);
	const h = Math.floor(m / 60);
	const d = Math.floor(h / 24);
	if (d > 0) return `${d} d ${h % 24} h`;
	return h > 0 ? `${h} h ${m % 60} min` : `${m} min ${Math.floor(s % 60)} s`;
}

export const plural = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

const words = {
	AC: "accepted",
	OK: "ran",
	PE: "presentation error",
	WA: "wrong answer",
	TLE: "time limit exceeded",
	MLE: "memory limit exceeded",
	RE: "runtime error",
	OLE: "output limit exceeded",
	SV: "forbidden system call",
	SKIP: "skipped",
	CE: "compile error",
	IE: "the judge failed",
};

export const verdictWords = (verdict) => words[verdict] ?? verdict;

export function verdictClass(verdict) {
	if (verdict === "AC" || verdict === "OK") return "v good";
	return verdict === "SKIP" ? "v" : "v bad";
}
