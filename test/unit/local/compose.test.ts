import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pinnedVersion } from '../../support/cloud/pinned-emulator.ts';

const compose = readFileSync(join(import.meta.dirname, '..', '..', '..', 'compose.yaml'), 'utf8');
const guide = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs/guides/other-local-clouds.md'), 'utf8');

const images = [...compose.matchAll(/^ +image: (\S+)$/gm)].map(([, image = '']) => image);
const ports = [...compose.matchAll(/^ +- ((?:[\d.]+:)?[\d-]+:[\d-]+)$/gm)].map(([, port = '']) => port);

it('runs the same emulator in a container that is installed without one', () => {
  expect(images).toContain(`ministackorg/ministack:${pinnedVersion()}`);
});

it('pins an exact version of each image, and names no registry', () => {
  expect(images).toHaveLength(2);
  for (const image of images) expect(image).toMatch(/^[a-z]+\/[a-z]+:\d+\.\d+\.\d+$/);
});

it('opens ports of this machine only, under the number that the emulator itself knows', () => {
  expect(ports).toHaveLength(3);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:([\d-]+):\1$/);
});

it('starts nothing that was not asked for', () => {
  const services = [...compose.matchAll(/^ {2}(\w+):\n {4}profiles: \[(\w+)\]$/gm)].map(([, ...names]) => names);
  expect(services).toEqual([
    ['ministack', 'ministack'],
    ['localstack', 'localstack'],
  ]);
});

it('takes the token from the environment, and needs none for the other service', () => {
  expect(compose).toMatch(/^ +LOCALSTACK_AUTH_TOKEN:$/m);
});

it('is told of in the guide, with these images', () => {
  for (const image of images) expect(guide).toContain(image);
});
