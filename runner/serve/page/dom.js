// Elements, made and found. Text goes in as text only: what programs wrote is never markup.

export const find = (id) => document.getElementById(id);

/** make("td", { class: "n", colSpan: 4 }, "text", element): properties, or attributes where the name has a dash. */
export function make(tag, properties = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (name === "class") element.className = value;
		else if (name.includes("-") || name === "role") element.setAttribute(name, value);
		else element[name] = value;
	}
	element.append(...children.filter((child) => child != null));
	return element;
}

/** A share of a limit, from 0 to 1, as a bar. Whoever cannot see it reads the numbers beside it. */
export function bar(share, isOver) {
	const fill = make("span", { class: isOver ? "fill over" : "fill" });
	// what is not 0 is seen
	fill.style.width = share === 0 ? "0" : `max(2px, ${(Math.min(share, 1) * 100).toFixed(1)}%)`;
	return make("span", { class: "track", "aria-hidden": "true" }, fill);
}
