import type { components } from '../../../../api/openapi.ts';
import type { LiveMatter } from '../../../registry/store/matters.ts';
import { moment } from '../../common/listing.ts';

type Schemas = components['schemas'];

/** `MatterView` of openapi.yaml: the whole document, so that anybody counts from it what was saved. */
export const matterView = ({
  document,
  revision,
  ended,
  registeredAt,
}: LiveMatter<Schemas['Matter']>): Schemas['MatterView'] => ({
  ...document,
  revision,
  ...(ended === null ? {} : { ended }),
  registeredAt: moment(registeredAt),
});
