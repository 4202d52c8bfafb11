import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { components } from '../api/openapi.ts';
import { samples, type TestHub } from './hub.ts';

type Plan = components['schemas']['ResponsePlan'];

/** A response plan of the samples. */
export function readSamplePlan(file = 'air-warning/plan.yaml'): Plan {
  const { kind: _, ...plan } = parse(readFileSync(join(samples, file), 'utf8')) as Plan & {
    readonly kind: string;
  };
  return plan;
}

/** Registers it: one steward of its department proposes, a second one accepts. @param more members in place of the sample's */
export async function samplePlan(
  hub: TestHub,
  more: Partial<Plan> = {},
  plan: Plan = readSamplePlan(),
): Promise<void> {
  const [department = ''] = plan.id.split('.');
  const [author, second] = [
    await hub.token(`plan-author ${department}`, ['steward'], department),
    await hub.token(`plan-second ${department}`, ['steward'], department),
  ];
  const { json } = await hub.staff(author, 'POST', '/v1/response-plans', { ...plan, ...more });
  const path = `/v1/proposals/${String(json['proposal'])}`;
  const { digest } = (await hub.staff(second, 'GET', path)).json;
  const accepted = await hub.staff(second, 'POST', `${path}/acceptance`, { digest });
  assert.ok(accepted.status < 300, JSON.stringify([json, accepted.json]));
}
