// A connection that can be lost: passes bytes on between the browser and the service, until it is cut.
const net = require("node:net");

async function startProxy(target) {
	const { hostname, port } = new URL(target);
	const pairs = new Set();
	let isCut = false;
	const server = net.createServer((client) => {
		if (isCut) {
			client.destroy();
			return;
		}
		const service = net.connect(Number(port), hostname);
		const pair = [client, service];
		pairs.add(pair);
		client.pipe(service).pipe(client);
		for (const socket of pair) {
			socket.on("error", () => {});
			socket.on("close", () => {
				for (const each of pair) each.destroy();
				pairs.delete(pair);
			});
		}
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		/** Ends what is under way, and lets nothing new through. */
		cut() {
			isCut = true;
			for (const pair of pairs) for (const socket of pair) socket.destroy();
		},
		mend() {
			isCut = false;
		},
		stop() {
			this.cut();
			server.close();
		},
	};
}

module.exports = { startProxy };
