// Where an output is not what was expected: in words, and both texts side by side.
import { make } from "./dom.js";

const around = 3; // lines that are shown before and behind
const longest = 400; // characters of a line

const named = { "": "nothing", " ": "a space", "\n": "a line break", "\t": "a tab", "\r": "a carriage return" };

const quoted = (text, isCut) => `“${text}${isCut ? "…" : ""}”`;

/** One line for a person. */
export function differenceText(difference) {
	const { kind, line, column } = difference;
	const got = quoted(difference.got, difference.got_cut);
	const wanted = quoted(difference.wanted, difference.wanted_cut);
	const place = `Line ${line}, column ${column}: `;
	const space = (text) => named[text] ?? quoted(text, false);
	switch (kind) {
		case "number":
			return `${place}${got} is too far off ${wanted}`;
		case "case":
			return `${place}wanted ${wanted}, got ${got}, which differs in case only`;
		case "space":
			return `${place}wanted ${space(difference.wanted)}, got ${space(difference.got)}`;
		case "missing":
			return `${place}the output ends before ${wanted}`;
		case "extra":
			return `${place}the output goes on with ${got} where it should end`;
		default:
			return `${place}wanted ${wanted}, got ${got}`;
	}
}

/** Columns count bytes: how many characters that are. */
function charactersBefore(line, column) {
	const bytes = new TextEncoder().encode(line).subarray(0, column - 1);
	return new TextDecoder().decode(bytes).length;
}

/** Some lines of `text` around line `number`, that one marked. */
function excerpt(text, number, className, start) {
	const lines = text.split("\n");
	if (lines.at(-1) === "" && lines.length > 1) lines.pop();
	const first = Math.max(0, number - 1 - around);
	const list = make("ol", { class: `lines ${className}`, start: first + 1 });
	lines.slice(first, number + around).forEach((line, i) => {
		const item = make("li", { value: first + i + 1 });
		const shown = line.slice(0, longest) + (line.length > longest ? "…" : "");
		if (first + i + 1 === number) {
			const at = Math.min(start === null ? 0 : charactersBefore(line, start), shown.length);
			item.append(shown.slice(0, at), make("mark", {}, shown.slice(at) || "\u00a0"));
		} else {
			item.append(shown);
		}
		list.append(item);
	});
	if (number > lines.length) list.append(make("li", { value: number }, make("mark", {}, "the text ends here")));
	return list;
}

/** Both texts, around the first difference. `expected` is null where this page does not know it. */
export function differenceView(difference, stdout, stdoutCut, expected) {
	const kept = stdout.split("\n").length;
	if (stdoutCut && difference.line > kept)
		return make("p", { class: "soft" }, "That is behind the part of the output that was kept.");
	return make("div", { class: "pair" },
		make("div", {}, make("h4", {}, "Output"), excerpt(stdout, difference.line, "got", difference.column)),
		expected === null ? null
			: make("div", {}, make("h4", {}, "Expected"), excerpt(expected, difference.answer_line, "wanted", null)));
}
