/** The registries that the built-in cases and benchmarks are compiled against: one small city. */
import { sharedSchema } from '../../schemas/sharedSchemas.ts';
import type { PolicyContext } from '../context.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';

const schemas = new Map<string, DatasetSchema | undefined>();

export const sampleContext: PolicyContext = {
  schemas: (name) => {
    if (!schemas.has(name)) schemas.set(name, known(name));
    return schemas.get(name);
  },
  purposes: [
    { code: 'public-service', title: { zh: '公共服务', en: 'public services' } },
    { code: 'school-enrolment', parent: 'public-service', title: { zh: '入学报名', en: 'school enrolment' } },
    { code: 'school-meals', parent: 'public-service', title: { zh: '营养餐补助', en: 'school meals' } },
    { code: 'public-safety', title: { zh: '公共安全', en: 'public safety' } },
    { code: 'statistics', title: { zh: '统计', en: 'statistics' } },
  ],
  departments: [
    { code: 'data-office', kind: 'government', region: '990100' },
    { code: 'pub-security', kind: 'government', region: '990100' },
    { code: 'education', kind: 'government', region: '990100' },
    { code: 'education-dongxi', kind: 'government', parent: 'education', region: '990101' },
    { code: 'education-xize', kind: 'government', parent: 'education', region: '990102' },
    { code: 'ecology', kind: 'government', region: '990100' },
    { code: 'transport', kind: 'government', region: '990100' },
    { code: 'health', kind: 'government', region: '990100' },
    { code: 'city-software', kind: 'entrusted', principal: 'education' },
  ],
  datasets: ['pub-security.household', 'ecology.air-quality-hourly'],
};

function known(name: string): DatasetSchema | undefined {
  try {
    return sharedSchema(name);
  } catch {
    return undefined;
  }
}
