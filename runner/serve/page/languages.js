// How each language of `sbx languages` is coloured. One that is not listed here is plain text.
import { cppLanguage } from "@codemirror/lang-cpp";
import { goLanguage } from "@codemirror/lang-go";
import { javaLanguage } from "@codemirror/lang-java";
import { javascriptLanguage, typescriptLanguage } from "@codemirror/lang-javascript";
import { phpLanguage } from "@codemirror/lang-php";
import { pythonLanguage } from "@codemirror/lang-python";
import { rustLanguage } from "@codemirror/lang-rust";
import { Language, StreamLanguage } from "@codemirror/language";
import { csharp, kotlin } from "@codemirror/legacy-modes/mode/clike";
import { haskell } from "@codemirror/legacy-modes/mode/haskell";
import { lua } from "@codemirror/legacy-modes/mode/lua";
import { oCaml } from "@codemirror/legacy-modes/mode/mllike";
import { pascal } from "@codemirror/legacy-modes/mode/pascal";
import { perl } from "@codemirror/legacy-modes/mode/perl";
import { ruby } from "@codemirror/legacy-modes/mode/ruby";
import { shell } from "@codemirror/legacy-modes/mode/shell";

const modes = {
	bash: shell,
	c: cppLanguage,
	cpp: cppLanguage,
	csharp,
	go: goLanguage,
	haskell,
	java: javaLanguage,
	javascript: javascriptLanguage,
	kotlin,
	lua,
	ocaml: oCaml,
	pascal,
	perl,
	php: phpLanguage,
	pypy3: pythonLanguage,
	python3: pythonLanguage,
	ruby,
	rust: rustLanguage,
	typescript: typescriptLanguage,
};

/** An extension for the editor. The modes that were ported from the editor's last version are parsers of streams. */
export function modeOf(name) {
	const mode = modes[name];
	return mode === undefined || mode instanceof Language ? (mode ?? []) : StreamLanguage.define(mode);
}

export const indentOf = (name) => (name === "go" ? "\t" : "    ");
