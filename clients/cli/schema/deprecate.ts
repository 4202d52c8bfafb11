export { registerDeprecate as register } from './life.ts';
