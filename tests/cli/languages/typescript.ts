// The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
export {}; // a module, so that what it declares does not clash with the types of Node, where these are installed
declare const require: any, __filename: string;

const fs = require('fs');
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');

function sort(lines: string[]) {
	const a = Int32Array.from(lines.slice(2, 2 + Number(lines[1])), Number);
	a.sort();
	console.log(a[0], a[a.length - 1], a.reduce((sum, x) => sum + x));
}

function quarter(k: number) {
	let sum = 0;
	for (let i = 1; i <= 250000; i++)
		sum += k * 250000 + i;
	return sum;
}

function threads() {
	let sum = 0, left = 4;
	for (let k = 0; k < 4; k++)
		new Worker(__filename, { workerData: k }).on('message', (part: number) => {
			sum += part;
			if (--left === 0)
				console.log(sum);
		});
}

function memory() {
	const a = new Uint8Array(200 << 20).fill(1);
	console.log(a[a.length - 1]);
}

function main(lines: string[]) {
	switch (lines[0]) {
	case 'hello': console.log('hello'); break;
	case 'sort': sort(lines); break;
	case 'threads': threads(); break;
	case 'memory': memory(); break;
	case 'throw': throw new Error('thrown');
	case 'loop': for (;;) {}
	}
}

if (isMainThread)
	main(fs.readFileSync(0, 'ascii').split('\n'));
else
	parentPort.postMessage(quarter(workerData));
