// Requests to the service that this page came from, with the key where there is one.

const base = new URL("v1/", document.baseURI);
const keyItem = "sbx.key";

export const getKey = () => sessionStorage.getItem(keyItem) ?? "";

export function setKey(key) {
	if (key === "") sessionStorage.removeItem(keyItem);
	else sessionStorage.setItem(keyItem, key);
}

/** An answer that is no success. `retryAfter`: seconds, or null where trying again is no use. */
export class ApiError extends Error {
	constructor(status, problem, retryAfter) {
		super(problem?.detail ?? problem?.title ?? `The service answered with status ${status}.`);
		this.status = status;
		this.field = problem?.field ?? null;
		this.retryAfter = retryAfter;
	}
}

async function errorOf(response) {
	const isProblem = (response.headers.get("Content-Type") ?? "").startsWith("application/problem+json");
	const problem = isProblem ? await response.json().catch(() => null) : null;
	const after = Number.parseInt(response.headers.get("Retry-After"), 10);
	const mayRetry = response.status === 429 || response.status === 503;
	return new ApiError(response.status, problem, mayRetry ? (after > 0 ? after : 5) : null);
}

/** Fails with an ApiError, or as fetch does where there was no answer. */
export async function request(path, { headers = {}, ...options } = {}) {
	const all = new Headers(headers);
	if (getKey() !== "") all.set("Authorization", `Bearer ${getKey()}`);
	const response = await fetch(new URL(path, base), { ...options, headers: all, cache: "no-store" });
	if (!response.ok) throw await errorOf(response);
	return response;
}

export async function get(path, options) {
	return (await request(path, options)).json();
}

export async function submit(job, idempotencyKey, signal) {
	const headers = { "Content-Type": "application/json", "Idempotency-Key": idempotencyKey };
	const response = await request("jobs", { method: "POST", headers, body: JSON.stringify(job), signal });
	return response.json();
}

export const cancel = (id) => request(`jobs/${id}`, { method: "DELETE" });

/** Unlike crypto.randomUUID() it is there on pages without TLS, too. */
export function randomName() {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Shows the field for the key, and keeps what is typed into it. `changed` is called when it was. */
export function keyField(form, input, changed) {
	input.value = getKey();
	form.addEventListener("submit", (event) => event.preventDefault());
	input.addEventListener("input", () => setKey(input.value.trim()));
	input.addEventListener("change", changed);
	return () => {
		form.hidden = false;
		input.focus();
	};
}
