// The editor for the source.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { indentOf, modeOf } from "./languages.js";

// The page's own variables, so that light and dark are decided in one place.
const theme = EditorView.theme({
	"&": { height: "100%", color: "var(--text)", backgroundColor: "var(--field)", borderRadius: "inherit" },
	"&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "1px" },
	".cm-scroller": { fontFamily: "var(--mono)", fontSize: "0.875rem", lineHeight: "1.5", borderRadius: "inherit" },
	".cm-content": { caretColor: "var(--text)" },
	".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--text)" },
	".cm-gutters": { backgroundColor: "var(--box)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
	".cm-activeLine": { backgroundColor: "var(--active)" },
	"&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
		backgroundColor: "var(--selection)",
	},
	"&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "1px solid var(--soft)" },
});

const colors = HighlightStyle.define([
	{ tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.controlKeyword], color: "var(--code-keyword)" },
	{ tag: [tags.string, tags.special(tags.string), tags.character, tags.regexp], color: "var(--code-string)" },
	{ tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
	{ tag: [tags.comment, tags.meta], color: "var(--soft)", fontStyle: "italic" },
	{ tag: [tags.typeName, tags.className, tags.namespace, tags.standard(tags.name)], color: "var(--code-type)" },
	{ tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.definition(tags.function(tags.variableName))],
		color: "var(--code-name)" },
]);

/** Makes the editor inside `host`. `changed` is called when its text was. */
export function createEditor(host, changed) {
	const language = new Compartment();
	// In a shadow root CodeMirror adopts style sheets instead of adding <style>, which the page's policy forbids.
	const root = host.attachShadow({ mode: "open" });
	const view = new EditorView({
		root,
		parent: root,
		state: EditorState.create({
			extensions: [
				lineNumbers(),
				highlightSpecialChars(),
				history(),
				drawSelection(),
				indentOnInput(),
				bracketMatching(),
				closeBrackets(),
				highlightActiveLine(),
				syntaxHighlighting(colors),
				theme,
				language.of([]),
				EditorView.contentAttributes.of({
					"aria-label": "Source of the program. Escape, then Tab, leaves the editor.",
					tabindex: "0",
				}),
				EditorView.updateListener.of((update) => update.docChanged && changed()),
				keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
			],
		}),
	});

	return {
		get text() {
			return view.state.doc.toString();
		},
		set text(text) {
			view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
		},
		setLanguage(name) {
			view.dispatch({ effects: language.reconfigure([modeOf(name), indentUnit.of(indentOf(name))]) });
		},
		focus: () => view.focus(),
	};
}
