/** A form of address that is never called, by the rules of a stage that lets `http://127.0.0.1` be called and nothing else besides https. */
export interface RefusedAddress {
  form: string;
  /** Where it holds `PORT`, a client without a guard comes to a listener on that port of loopback, if its name leads nowhere else. */
  url: string;
  /** What its registration is answered with. */
  fault: string;
  /** What its name leads to, where only a resolver of the test's own can say so; a deployed API cannot be asked with it. */
  leadsTo?: readonly string[];
}

const PRIVATE = 'must not lead to a private address';
const SCHEME = 'must be an https address, or begin with http://127.0.0.1';
const SPELLING = 'must spell an IP address in its usual form';
const CHARACTERS = 'must not hold spaces, control characters or backslashes';
const USER = 'must not hold user information';
const FRAGMENT = 'must not hold a fragment';
const PORT_0 = 'must not have port 0';

const PUBLIC = '93.184.216.34';

const texts = (fault: string, forms: [form: string, ...urls: string[]][]): RefusedAddress[] =>
  forms.flatMap(([form, ...urls]) => urls.map((url) => ({ form, url, fault })));

const name = (form: string, ...leadsTo: string[]): RefusedAddress => ({
  form: `a name that leads to ${form}`,
  url: 'https://service.example:PORT/hook',
  fault: PRIVATE,
  leadsTo,
});

/** The forms in which callers reach for what they may not (SSRF). Each single character of a text: `address-rules.test.ts`. */
export const refusedAddresses: RefusedAddress[] = [
  ...texts(SCHEME, [
    ['a name over plain http', 'http://localhost:PORT/', 'http://service.example/', 'http://127.0.0.1.nip.io/'],
    ['decimal', 'http://2130706433:PORT/'],
    ['octal', 'http://0177.0.0.1:PORT/', 'http://017700000001:PORT/', 'http://127.0.0.01:PORT/'],
    ['hex', 'http://0x7f000001:PORT/', 'http://0x7f.0.0.1:PORT/', 'http://0x7f.1:PORT/'],
    ['short', 'http://127.1:PORT/', 'http://127.0.1:PORT/', 'http://0:PORT/'],
    ['0.0.0.0', 'http://0.0.0.0:PORT/'],
    ['loopback that is not named', 'http://127.0.0.2/', 'http://[::1]:PORT/', 'http://[::]:PORT/'],
    ['IPv4 in IPv6', 'http://[::ffff:127.0.0.1]:PORT/', 'http://[::ffff:7f00:1]:PORT/', 'http://[::127.0.0.1]/'],
    ['a dot at the end', 'http://127.0.0.1.:PORT/'],
    ['full-width and other digits', 'http://１２７.0.0.1:PORT/', 'http://①②⑦.0.0.1:PORT/', 'http://127。0。0。1:PORT/'],
    ['digits in percent', 'http://%31%32%37.0.0.1:PORT/'],
    ['the scheme in capitals', 'HTTP://127.0.0.1:PORT/'],
    ['other slashes than two', 'http:127.0.0.1:PORT/', 'http:/127.0.0.1:PORT/', 'http:///127.0.0.1:PORT/'],
    ['https with other slashes', 'https:///service.example/', 'https:service.example'],
    ['no port behind its colon', 'http://127.0.0.1:/'],
    ['a port that there is not', 'http://127.0.0.1:99999/', 'http://127.0.0.1:-1/', 'http://127.0.0.1:0x50/'],
    ['no host', 'https://', 'https://:443/', 'https://a%20b.example/'],
    ['another scheme', 'ftp://service.example/', 'file:///etc/passwd', 'gopher://127.0.0.1/', 'javascript:alert(1)'],
    ['no scheme', '//service.example/', 'service.example'],
  ]),
  ...texts(SPELLING, [
    ['decimal', 'https://2130706433:PORT/', 'https://134744072/', 'https://2852039166/'],
    ['octal', 'https://0177.0.0.1:PORT/', 'https://0251.0376.0251.0376/'],
    ['hex', 'https://0x7f.1:PORT/', 'https://0x8.8.8.8/', 'https://0xa9fea9fe/'],
    ['short', 'https://127.1:PORT/', 'https://0:PORT/', 'https://10.1/'],
    ['full-width digits', 'https://１２７.0.0.1:PORT/'],
    ['a dot at the end', 'https://127.0.0.1.:PORT/', 'https://8.8.8.8./'],
  ]),
  ...texts(PRIVATE, [
    [
      'loopback',
      'https://127.0.0.1:PORT/',
      'https://127.255.255.254/',
      'https://[::1]:PORT/',
      'https://localhost:PORT/',
    ],
    ['unspecified', 'https://0.0.0.0:PORT/', 'https://[::]:PORT/'],
    ['private', 'https://10.0.0.1/', 'https://172.16.0.1/', 'https://172.31.255.255/', 'https://192.168.0.1/'],
    ['shared by carriers', 'https://100.64.0.1/', 'https://100.127.255.255/'],
    ['the metadata of the machine', 'https://169.254.169.254/latest/meta-data', 'https://[fd00:ec2::254]/'],
    ['link-local', 'https://169.254.0.1/', 'https://[fe80::1]/'],
    ['protocols, documentation, benchmarks', 'https://192.0.0.8/', 'https://192.0.2.1/', 'https://198.18.0.1/'],
    ['multicast', 'https://224.0.0.1/', 'https://239.255.255.255/', 'https://[ff02::1]/'],
    ['kept for later, and broadcast', 'https://240.0.0.1/', 'https://255.255.255.255/'],
    ['IPv4 in IPv6', 'https://[::ffff:127.0.0.1]:PORT/', 'https://[::ffff:7f00:1]:PORT/', 'https://[::ffff:10.0.0.1]/'],
    ['IPv4 in IPv6 of old', 'https://[::127.0.0.1]/', 'https://[::7f00:1]/'],
    ['NAT64', 'https://[64:ff9b::169.254.169.254]/', 'https://[64:ff9b:1::7f00:1]/'],
    ['6to4', 'https://[2002:7f00:1::]/', 'https://[2002:a9fe:a9fe::1]/'],
    ['Teredo', 'https://[2001::1]/', 'https://[2001:0:7f00:1::]/'],
    ['unique local', 'https://[fc00::1]/', 'https://[fdff::1]/'],
    [
      'site-local, documentation, to be thrown away',
      'https://[fec0::1]/',
      'https://[2001:db8::1]/',
      'https://[100::1]/',
    ],
  ]),
  ...texts(USER, [
    ['a user', 'http://user@127.0.0.1:PORT/', 'https://user@service.example/', 'https://@service.example/'],
    ['a user and a password', 'https://user:secret@127.0.0.1:PORT/', 'https://user:secret@service.example/'],
    ['a host as user', 'http://127.0.0.1@service.example/', 'http://127.0.0.1:80@service.example/'],
  ]),
  ...texts(FRAGMENT, [
    ['a fragment', 'http://127.0.0.1:PORT/#a', 'https://service.example/#a', 'https://service.example#'],
    [
      'a fragment with what looks like a user or a query',
      'https://service.example/#@a',
      'https://service.example/#?a=1',
    ],
  ]),
  ...texts(PORT_0, [['port 0', 'http://127.0.0.1:0/', 'http://127.0.0.1:00/', 'https://service.example:0/']]),
  ...texts(CHARACTERS, [
    ['backslashes', 'http:\\\\127.0.0.1:PORT\\', 'https://127.0.0.1:PORT\\@service.example/'],
    ['line breaks', 'http://127.0.0.1:PORT/\r\nx-header: 1', 'http://127.0.0.1:PORT/?a=1\r\nx-header:1'],
    ['what parsers leave out', ' http://127.0.0.1:PORT/', 'http://127.0.\t0.1:PORT/', 'http://127.0.0\u00ad.1:PORT/'],
  ]),
  name('loopback', '127.0.0.1'),
  name('loopback as IPv6', '::1'),
  name('loopback as IPv4 in IPv6', '::ffff:127.0.0.1'),
  name('loopback as IPv4 in IPv6 of old', '::7f00:1'),
  name('this machine by 0.0.0.0', '0.0.0.0'),
  name('the metadata of the machine', '169.254.169.254'),
  name('a private address', '10.1.2.3'),
  name('a private address through NAT64', '64:ff9b::a01:203'),
  name('a private address through 6to4', '2002:a01:203::1'),
  name('a public address and a private one', PUBLIC, '10.1.2.3'),
  name('a public address and loopback', PUBLIC, '127.0.0.1'),
  name('loopback and a public address', '127.0.0.1', PUBLIC),
  name('a public address and loopback as IPv6', PUBLIC, '::1'),
  name('what is no address', 'service.example'),
  {
    form: 'a name with an address in it',
    url: 'https://127.0.0.1.nip.io:PORT/',
    fault: PRIVATE,
    leadsTo: ['127.0.0.1'],
  },
  { form: 'localhost with a dot', url: 'https://localhost.:PORT/', fault: PRIVATE, leadsTo: ['127.0.0.1'] },
  { form: 'a name of this machine', url: 'https://ip6-localhost:PORT/', fault: PRIVATE, leadsTo: ['::1'] },
];
