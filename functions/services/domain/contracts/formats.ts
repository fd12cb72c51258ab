/**
 * The formats that a schema may name, each with texts that have it. Those of draft 2020-12 and the few that OpenAPI adds; the ones with no
 * texts are taken as annotations, as the draft allows.
 */
export const FORMATS: ReadonlyMap<string, readonly unknown[]> = new Map<string, readonly unknown[]>([
  ['date-time', ['2026-08-19T10:11:12Z', '2024-02-29T23:59:59.999+02:00']],
  ['date', ['2026-08-19', '2024-02-29']],
  ['time', ['10:11:12Z', '23:59:59.999+02:00']],
  ['duration', ['PT1S', 'P1Y2M3DT4H5M6S']],
  ['email', ['a@example.com', 'first.last+tag@mail.example.com']],
  ['hostname', ['example.com', 'a']],
  ['ipv4', ['192.0.2.1', '255.255.255.255']],
  ['ipv6', ['2001:db8::1', '::']],
  ['uri', ['https://example.com/a', 'https://example.com:8443/a?b=c#d']],
  ['uri-reference', ['/a', 'https://example.com/a']],
  ['uri-template', ['/a/{b}']],
  ['uuid', ['01890a5d-ac96-774b-bcce-b302099a8057']],
  ['json-pointer', ['/a/0', '']],
  ['relative-json-pointer', ['0/a', '1#']],
  ['regex', ['^a+$']],
  ['byte', ['YQ==']],
  ['int32', [1]],
  ['int64', [1]],
  ['float', [1.5]],
  ['double', [1.5]],
  ['password', []],
  ['binary', []],
  ['idn-email', []],
  ['idn-hostname', []],
  ['iri', []],
  ['iri-reference', []],
]);
