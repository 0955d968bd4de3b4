// embed.js TABLE FOLDER: writes a C source with the files that TABLE (files.json) lists, from FOLDER, as they are and
// compressed, to standard output. Called by the Makefile, for build/gen/page.c; runner/serve/page.h declares what is in it.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const [tableName, folder] = process.argv.slice(2);
const table = JSON.parse(readFileSync(tableName, "utf8"));
const quoted = (text) => JSON.stringify(text); // of the characters that occur, C's too

function bytes(name, content) {
	const lines = [];
	for (let at = 0; at < content.length; at += 32) lines.push(`\t${Array.from(content.subarray(at, at + 32)).join(",")},`);
	return `static const unsigned char ${name}[] = {\n${lines.join("\n")}\n};\n`;
}

const arrays = [];
const rows = table.files.map(({ path, file, type }, i) => {
	const plain = readFileSync(join(folder, file));
	const packed = gzipSync(plain, { level: 9 });
	const hash = createHash("sha256").update(plain).digest("hex");
	const isWorth = packed.length < plain.length;
	arrays.push(bytes(`plain_${i}`, plain));
	if (isWorth) arrays.push(bytes(`gzip_${i}`, packed));
	const fields = [
		`.path = ${quoted(path)}`,
		`.type = ${quoted(type)}`,
		`.plain = {plain_${i}, sizeof(plain_${i}), ${quoted(`"${hash}"`)}}`,
		isWorth ? `.gzip = {gzip_${i}, sizeof(gzip_${i}), ${quoted(`"${hash}-gzip"`)}}` : ".gzip = {0}",
	];
	return `\t{${fields.join(", ")}},`;
});

process.stdout.write(`/* Made by runner/serve/page/embed.js. */
#include "runner/serve/page.h"

${arrays.join("\n")}
const char page_policy[] = ${quoted(table.policy)};
const struct page_file page_files[] = {
${rows.join("\n")}
	{0},
};
`);
