import { expect, it } from 'vitest';
import { sweepWebhooks } from '../../../functions/webhooks/adapters/webhook-sweep.ts';

const NOW = '2026-08-19T10:00:00.000Z';
const asked: string[] = [];
async function* due(now: string) {
  asked.push(now);
  yield ['req_1', 'req_2'];
  yield [];
  yield ['req_3'];
}

it('kicks every stream that is due, on every page', async () => {
  const kicked: string[] = [];
  await sweepWebhooks({ due, kick: async (stream) => void kicked.push(stream) }, NOW);
  expect([asked, kicked]).toEqual([[NOW], ['req_1', 'req_2', 'req_3']]);
});

it('goes on behind a kick that fails, and tells of it at the end', async () => {
  const kicked: string[] = [];
  const kick = async (stream: string) => {
    kicked.push(stream);
    if (stream !== 'req_3') throw new Error(`no queue for ${stream}`);
  };
  await expect(sweepWebhooks({ due, kick }, NOW)).rejects.toThrow('no queue for req_1');
  expect(kicked).toEqual(['req_1', 'req_2', 'req_3']);
});
