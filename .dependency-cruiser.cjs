/**
 * Who may import whom. Reads left to right: handlers > adapters > domain > contracts > kernel, platform > contracts and
 * kernel, and everything outside functions/ sees contracts at most. Every rule has a planted violation in
 * test/infra/layers.test.ts, because a path pattern that matches nothing looks exactly like a clean tree.
 *
 * Needs TypeScript below 7: with a newer one dependency-cruiser reads no .ts file at all and reports success.
 */
const FEATURE = '^functions/(?!shared/|contracts/)([^/]+)/';
const ROOMS =
  '^functions/(contracts/|shared/(kernel|platform)/|(?!shared/|contracts/)[^/]+/(domain|adapters|handlers)/)';
const CDK = 'node_modules/(aws-cdk-lib|constructs|cdk-nag|esbuild)/';

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const everywhere = [
  rule('no-circular', 'Files in a ring cannot be read, tested or moved one at a time.', {}, { circular: true }),
  rule(
    'resolvable',
    'What does not resolve is not checked by any other rule, and fails at run time.',
    {},
    { couldNotResolve: true },
  ),
  rule(
    'no-junk-drawers',
    'A name that says nothing collects everything; an index file hides who needs what and defeats tree shaking.',
    {},
    {
      path: '(^|/)((index|utils?|helpers?|common|misc)\\.[cm]?[jt]s$|(utils?|helpers?|misc)/)',
      pathNot: 'node_modules/',
    },
  ),
  rule(
    'tests-are-leaves',
    'Test support ships to nobody, so nothing that ships may lean on it.',
    { pathNot: '^test/' },
    { path: '^test/' },
  ),
  rule(
    'bin-is-the-root',
    'The app file builds every stack when it is loaded: importing it for one piece synthesizes all of them.',
    { pathNot: '^(bin|test)/' },
    { path: '^bin/' },
  ),
];

const runtime = [
  rule(
    'known-rooms',
    'A folder without a role has no rules either, so code there would escape all of these.',
    {},
    { path: '^functions/', pathNot: ROOMS },
  ),
  rule(
    'kernel-imports-nothing',
    'Everything stands on the kernel; what it imported, everything would carry.',
    { path: '^functions/shared/kernel/' },
    { pathNot: '^functions/shared/kernel/' },
  ),
  rule(
    'contracts-stay-small',
    'Contracts are loaded by every Lambda, the infrastructure and the clients: types, schemas and ids, nothing that does work.',
    { path: '^functions/contracts/' },
    { pathNot: '^functions/(contracts|shared/kernel)/|node_modules/zod/|^crypto$' },
  ),
  rule(
    'domain-is-pure',
    'Decisions must be replayable from events: no clock, no network, no library, no other feature.',
    { path: '^functions/([^/]+)/domain/' },
    { pathNot: '^functions/($1/domain|contracts|shared/kernel)/' },
  ),
  rule(
    'features-do-not-meet',
    'Features are connected by events, commands or a saga, so that each can change or fail alone.',
    { path: FEATURE },
    { path: FEATURE, pathNot: '^functions/$1/' },
  ),
  rule(
    'adapters-below-handlers',
    'An adapter serves any entry point; knowing one would make it part of it.',
    { path: '^functions/[^/]+/adapters/' },
    { path: '^functions/[^/]+/handlers/' },
  ),
  rule(
    'handlers-are-leaves',
    'A handler wires clients when it is loaded: an import would do that a second time, in the wrong Lambda.',
    { pathNot: '^test/' },
    { path: '\\.handler\\.ts$' },
  ),
  rule(
    'platform-below-features',
    'All features share the platform; if it knew one of them, all would depend on that one.',
    { path: '^functions/shared/platform/' },
    { path: '^functions/', pathNot: '^functions/(contracts|shared/(kernel|platform))/' },
  ),
  rule(
    'sdk-behind-adapters',
    'One place per feature talks to AWS, so that the rest is tested without it and faults are mapped once.',
    { pathNot: '^(functions/(shared/platform|[^/]+/adapters)|bench|cli|local|test)/' },
    { path: 'node_modules/(@aws-sdk|@smithy)/' },
  ),
  rule(
    'no-dev-dependency-at-run-time',
    'A bundle must be buildable from the production dependencies; types are erased and may come from anywhere.',
    { path: '^functions/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
  ),
  rule(
    'runtime-stands-alone',
    'A Lambda bundle holds no infrastructure, client or development code.',
    { path: '^functions/' },
    { path: '^(lib|cli|console|local|bench)/' },
  ),
];

const outside = [
  rule(
    'infra-reach',
    'Infrastructure refers to handlers by path and shares only names and schemas with them; synth stays free of run-time code.',
    { path: '^(bin|lib)/' },
    { pathNot: `^(bin|lib|functions/contracts)/|${CDK}`, dependencyTypesNot: ['core'] },
  ),
  rule(
    'clients-see-contracts',
    'A client talks HTTPS; it may know the shapes but not how the service makes them.',
    { path: '^(cli|console)/' },
    { path: '^(lib|local|cli|console|functions)/', pathNot: '^($1|functions/contracts)/' },
  ),
  rule(
    'local-reach',
    'The local cloud drives the product from outside, by the CDK and the API, as a user would.',
    { path: '^local/' },
    { path: '^(lib|console|functions)/', pathNot: '^functions/contracts/' },
  ),
  rule(
    'bench-reach',
    'A measurement stands on what is measured, which is what asks of AWS, and on nothing that stands on it.',
    { path: '^bench/' },
    { path: '^(bin|lib|cli|console|local|functions)/', pathNot: '^functions/(contracts|shared|[^/]+/adapters)/' },
  ),
];

module.exports = {
  forbidden: [...everywhere, ...runtime, ...outside],
  options: {
    doNotFollow: { path: 'node_modules/' },
    // Type-only imports are erased but still tie two files together, so they count.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json', '.d.ts'],
    },
  },
};
