// What happens to a job, by Server-Sent Events. Not with EventSource, which cannot send a key.
import { ApiError, request } from "./api.js";

const silenceMs = 45000; // the service says something every 15 s
const pausesMs = [250, 500, 1000, 2000, 5000];

const isOver = (state) => state !== "queued" && state !== "running";

/** Splits a stream into events: { id, event, data }. */
class Parser {
	#rest = "";
	#fields = {};

	*push(text) {
		const lines = (this.#rest + text).split("\n");
		this.#rest = lines.pop();
		for (const line of lines) {
			const event = this.#line(line.endsWith("\r") ? line.slice(0, -1) : line);
			if (event) yield event;
		}
	}

	#line(line) {
		if (line === "") {
			const event = this.#fields;
			this.#fields = {};
			return event.data === undefined ? null : event;
		}
		const [, name, value] = /^([^:]*)(?:: ?(.*))?$/.exec(line);
		if (name === "data" && this.#fields.data !== undefined) this.#fields.data += `\n${value}`;
		else if (name !== "") this.#fields[name] = value ?? "";
		return null;
	}
}

/** Reads one connection to its end. `heard` is called whenever something comes. */
async function* events(id, lastId, signal, heard) {
	const headers = { Accept: "text/event-stream" };
	if (lastId !== null) headers["Last-Event-ID"] = lastId;
	const response = await request(`jobs/${id}/events`, { headers, signal });
	const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
	const parser = new Parser();
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		heard();
		yield* parser.push(value);
	}
}

function pause(ms, signal) {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener("abort", () => {
			clearTimeout(timer);
			reject(signal.reason);
		});
	});
}

/** Aborts with `outer`, or when nothing was heard for too long. */
function watchdog(outer) {
	const controller = new AbortController();
	const stop = () => controller.abort(outer.reason);
	let timer;
	const heard = () => {
		clearTimeout(timer);
		timer = setTimeout(() => controller.abort(new Error("silence")), silenceMs);
	};
	outer.addEventListener("abort", stop);
	heard();
	return {
		signal: controller.signal,
		heard,
		end() {
			clearTimeout(timer);
			outer.removeEventListener("abort", stop);
			controller.abort();
		},
	};
}

/**
 * Follows a job to its end. `told(event, data)` gets each event; "restart" is one of ours: what was told so far holds no
 * longer, since the job was started anew. `lost(isLost)` is told of a connection that breaks and of one that is back.
 */
export async function follow(id, { signal, told, lost }) {
	let lastId = null;
	for (let failures = 0; ; failures++) {
		const watch = watchdog(signal);
		try {
			for await (const event of events(id, lastId, watch.signal, watch.heard)) {
				if (failures > 0) lost(false);
				failures = 0;
				if (event.id !== undefined) {
					if (lastId !== null && lastId.split("-")[0] !== event.id.split("-")[0]) told("restart", null);
					lastId = event.id;
				}
				const data = JSON.parse(event.data);
				told(event.event, data);
				if (event.event === "state" && isOver(data.state)) return;
			}
		} catch (error) {
			if (signal.aborted) throw error;
			if (error instanceof ApiError && error.retryAfter === null && error.status < 500) throw error;
		} finally {
			watch.end();
		}
		lost(true);
		await pause(pausesMs[Math.min(failures, pausesMs.length - 1)], signal);
	}
}
