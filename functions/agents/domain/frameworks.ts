import type { ResourceName } from './resource-name.ts';
import { expressSources } from './templates/express/sources.ts';
import { fastifySources } from './templates/fastify/sources.ts';

export interface Framework {
  title: string;
  /** Exact versions. */
  dependencies: Readonly<Record<string, string>>;
  /** Exact versions of the types that the packages above come without. */
  types: Readonly<Record<string, string>>;
  /** Its own bilingual sources, by path without extension. Every framework has the same files, for the others to import. */
  sources: (resource: ResourceName) => Readonly<Record<string, string>>;
}

/** Each value that the requirement `framework` can have. The versions are those that this repository is tested with. */
export const FRAMEWORKS = {
  express: {
    title: 'Express 5',
    dependencies: { express: '5.3.0' },
    types: { '@types/express': '5.0.6' },
    sources: expressSources,
  },
  fastify: {
    title: 'Fastify 5',
    dependencies: { fastify: '5.12.8' },
    types: {},
    sources: fastifySources,
  },
} as const satisfies Record<string, Framework>;
