import type { LookupAddress } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { addressFaults } from '../../../../functions/shared/platform/outgoing/address-rules.ts';
import { guardedRequest, RequestFailed } from '../../../../functions/shared/platform/outgoing/guarded-request.ts';
import type { Resolve } from '../../../../functions/shared/platform/outgoing/public-address.ts';
import { echo, faultServer } from '../../../support/outgoing/fault-server.ts';
import type { RefusedAddress } from '../../../support/outgoing/refused-addresses.ts';
import { refusedAddresses } from '../../../support/outgoing/refused-addresses.ts';

const RULES = { plainHttpHosts: ['127.0.0.1'], refused: [] };

/** Containers often have none. */
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

/** One port of loopback, in IPv4 and, where there is one, in IPv6. */
async function listener() {
  const four = await faultServer(echo);
  const six = hasIpv6 ? await faultServer(echo, { host: '::1', port: four.port }) : undefined;
  return { port: four.port, origin: four.origin, accepted: () => four.accepted() + (six?.accepted() ?? 0) };
}

const addressesOf = ({ leadsTo = [] }: RefusedAddress): LookupAddress[] =>
  leadsTo.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

/** The system's own way to find names, where the row needs no other. */
function resolveOf(row: RefusedAddress): [] | [Resolve] {
  return row.leadsTo === undefined ? [] : [async () => addressesOf(row)];
}

const titled = refusedAddresses.map((row) => [JSON.stringify(row.url), row.form, row] as const);

describe('no connection comes about, neither at registration nor at delivery, to', () => {
  it.each(titled)('%s: %s', async (_url, _form, row) => {
    const { port, accepted } = await listener();
    const url = row.url.replace('PORT', `${port}`);
    const path = 'callbackUrl';
    expect(await addressFaults(url, path, RULES, ...resolveOf(row))).toEqual([{ path, message: row.fault }]);
    const send = guardedRequest(RULES, ...resolveOf(row));
    const sent = send({ method: 'POST', url, headers: {}, body: '{}', timeoutMs: 2000 });
    const error = await sent.catch((thrown: unknown) => thrown);
    expect(error).toEqual(new RequestFailed('address'));
    expect((error as Error).message).toBe('The address may not be called.');
    expect(accepted()).toBe(0);
  });

  it('nothing, whereas the one that is allowed is registered and delivered to, its query too', async () => {
    const { port, origin, accepted } = await listener();
    const url = `${origin}/hook?token=a%20b&again=`;
    expect(await addressFaults(url, 'callbackUrl', RULES)).toEqual([]);
    const answer = await guardedRequest(RULES)({ method: 'POST', url, headers: {}, body: '{}', timeoutMs: 2000 });
    expect(JSON.parse(answer.body.toString())).toMatchObject({ url: '/hook?token=a%20b&again=', body: '{}' });
    expect([answer.status, accepted(), port > 0]).toEqual([200, 1, true]);
  });
});

const LOOPBACK = ['127.0.0.1', '0.0.0.0', ...(hasIpv6 ? ['::1', '::ffff:127.0.0.1'] : [])];
const leadingHere = titled.filter(
  ([, , { url, leadsTo = [] }]) =>
    url.includes('PORT') && (hasIpv6 || !url.includes('[')) && leadsTo.every((address) => LOOPBACK.includes(address)),
);

describe('a client without a guard comes to the listener by', () => {
  it.each(leadingHere)('%s: %s', async (_url, _form, row) => {
    const { port, accepted } = await listener();
    await unguarded(row.url.replace('PORT', `${port}`), row);
    expect(accepted()).toBe(1);
  });

  it('most of those that name a port', () => {
    expect(leadingHere.length).toBeGreaterThan(40);
  });
});

/** Node's own client, by the addresses that the row's name leads to. */
async function unguarded(text: string, row: RefusedAddress): Promise<void> {
  const url = new URL(text);
  const [first] = addressesOf(row);
  const lookup: LookupFunction = (_host, { all }, done) => {
    if (first === undefined) throw new Error(`${row.url} names no address.`);
    if (all) done(null, [first]);
    else done(null, first.address, first.family);
  };
  const options = { agent: false as const, ...(first && { lookup }) };
  const sent = (url.protocol === 'http:' ? httpRequest : httpsRequest)(url, options);
  // What comes of it, such as that the listener knows no TLS, does not matter.
  sent.on('error', () => undefined).on('response', (answer) => answer.resume());
  await new Promise((closed) => sent.on('close', closed).end());
}
