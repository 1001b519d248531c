// So many viewers of one address, in a process of their own: `node test/bench/viewers.ts <url> <viewers>`. Says "open" when
// all have an answer, and how many bytes came each second.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

const [url = '', viewers = '200'] = process.argv.slice(2);
let bytes = 0;
await Promise.all(
  Array.from({ length: Number(viewers) }, async (_, index) => {
    const request = get(url, { agent: false, headers: { 'x-person': `viewer-${index}` } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`viewer ${index}: ${response.statusCode}`);
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
  }),
);
process.send?.('open');
setInterval(() => {
  process.send?.(bytes);
  bytes = 0;
}, 1000);
