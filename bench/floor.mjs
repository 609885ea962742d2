// The floor of the program itself: connect to every host of an inventory and run one empty command, in parallel.
import { loadInventory } from '../dist/src/inventory/load.js';
import { createConnector } from '../dist/src/ssh/connector.js';

const inventory = await loadInventory(process.argv[2], { env: process.env });
const connector = createConnector({});
await connector.prepare(inventory.hosts);
await Promise.all(
  inventory.hosts.map(async (host) => {
    const connection = await connector.connect(host)();
    await connection.exec('true');
    await connection.close();
  }),
);
