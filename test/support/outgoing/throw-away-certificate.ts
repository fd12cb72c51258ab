import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync, sign } from 'node:crypto';

/** DER (X.690): a tag, a length, the content. */
function der(tag: number, ...content: Uint8Array[]): Buffer {
  const bytes = Buffer.concat(content);
  const { length } = bytes;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), bytes]);
}

const sequence = (...content: Uint8Array[]) => der(0x30, ...content);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const integer = (value: number) => der(0x02, Buffer.from([value]));
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes);
const octets = (bytes: Uint8Array) => der(0x04, bytes);

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = oid('550403');
const ALT_NAME = oid('551d11');
const CONSTRAINTS = oid('551d13');

const utcTime = (at: number) =>
  der(0x17, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

/** A certificate that signs itself, for one name and one hour, and its key; both PEM. So no key lies in the repository. */
export function throwAwayCertificate(name: string): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = toBeSigned(name, publicKey);
  const signature = sign('sha256', body, privateKey);
  const pem = sequence(body, ECDSA_WITH_SHA256, bits(signature)).toString('base64');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${pem.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function toBeSigned(name: string, publicKey: KeyObject): Buffer {
  const owner = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const hour = 3_600_000;
  const extensions = [
    sequence(ALT_NAME, octets(sequence(der(0x82, Buffer.from(name))))),
    sequence(CONSTRAINTS, octets(sequence(der(0x01, Buffer.from([255]))))),
  ];
  return sequence(
    der(0xa0, integer(2)),
    integer(1),
    ECDSA_WITH_SHA256,
    owner,
    sequence(utcTime(Date.now() - hour), utcTime(Date.now() + hour)),
    owner,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
}
