/** The wire profile `datong-sig-1`: the part that other modules and the SDK use. */
export { checkContentDigest, contentDigest } from './contentDigest.ts';
export { signingKey, verificationKey, type SigningKey, type VerificationKey } from './key.ts';
export * from './profile.ts';
export type { ShapesRead } from './coverage.ts';
export { claimedKeyid, readSignature, type RequestSignature } from './readSignature.ts';
export { signRequest } from './signRequest.ts';
export { verifyReply, verifyReplyHead, verifyStreamHead, type VerifiedReply } from './verifyReply.ts';
export {
  carriedSignatureHash,
  checkDigest,
  checkKey,
  checkSignature,
  checkSignatureInPool,
  checkTime,
  requestBase,
  signatureHash,
  signedHeaders,
  verifiedRequest,
} from './verifyRequest.ts';
export { compareBases, type BaseDifference } from './compareBases.ts';
export { diagnoseRequest, type Diagnosis } from './diagnose.ts';
export { parseHttpMessage, replyBytes, requestBytes, type HttpMessage } from './httpMessage.ts';
