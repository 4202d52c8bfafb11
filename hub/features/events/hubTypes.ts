/** Types of event that get what the hub itself does: those of the data office with a schema of the hub's events. */
import type { Identity } from '../../identity/identity.ts';
import type { Registry } from '../../registry/registry.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { hubEventKind } from './hubEvent.ts';

interface Registered {
  readonly registry: Pick<Registry, 'current'>;
  readonly identity: Pick<Identity, 'departments'>;
}

/** Published and suspended ones: a suspended type gets its events when it is published again. */
export function typesOfHub({ registry, identity }: Registered): readonly LiveDataset[] {
  const office = identity.departments().find(({ dataOffice }) => dataOffice)?.code;
  return [...registry.current.datasets.values()].filter(
    ({ row, schema }) =>
      row.mode === 'events' &&
      row.department === office &&
      (row.state === 'published' || row.state === 'suspended') &&
      hubEventKind(schema.urn) !== undefined,
  );
}
