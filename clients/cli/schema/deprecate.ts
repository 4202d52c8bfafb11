export { registerDeprecate as register } from './schemaLife.ts';
