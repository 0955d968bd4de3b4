// One program, the same in each language: hello | threads | files | sort | time | alloc MIB.
const fs = require('fs');
const { Worker, isMainThread, parentPort } = require('worker_threads');

function count() {
	let n = 0;
	for (let i = 0; i < 100000; i++)
		n++;
	return n;
}

function threads() {
	let sum = 0, left = 4;
	for (let n = 0; n < 4; n++)
		new Worker(__filename).on('message', (counted) => {
			sum += counted;
			if (--left === 0)
				console.log(sum);
		});
}

function files() {
	fs.writeFileSync('/tmp/file', 'x'.repeat(100000));
	console.log(fs.readFileSync('/tmp/file', 'ascii').length);
}

function sort() {
	const a = new Float64Array(1000000);
	for (let i = 0, x = 1; i < a.length; i++)
		a[i] = x = x * 16807 % 2147483647;
	a.sort();
	console.log(a[0], a[500000], a[999999]);
}

function slept() {
	const begin = process.hrtime.bigint();
	setTimeout(() => {
		if (process.hrtime.bigint() - begin >= 99000000n)
			console.log('slept');
	}, 100);
}

function alloc(mib) {
	const a = Buffer.alloc(mib * 1048576, 1);
	console.log(a[a.length - 1]);
}

if (!isMainThread)
	parentPort.postMessage(count());
else
	({ threads, files, sort, time: slept, alloc, hello: () => console.log('hello') })[process.argv[2]](process.argv[3]);
