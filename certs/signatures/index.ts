/** The wire profile `datong-sig-1`: what other rooms and the SDK use of it. */
export { checkContentDigest, contentDigest } from './contentDigest.ts';
export { algorithmOf, signingKey, verificationKey, type SigningKey, type VerificationKey } from './key.ts';
export * from './profile.ts';
export type { ShapesRead } from './coverage.ts';
export { claimedKeyid, readSignature, type RequestSignature } from './readSignature.ts';
export {
  signReply,
  signReplyInPool,
  signStreamHead,
  type ReplySignatureHeaders,
  type ReplyToSign,
} from './signReply.ts';
export { signRequest, type RequestToSign } from './signRequest.ts';
export { verifyReply, verifyStreamHead, type VerifiedReply } from './verifyReply.ts';
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
  verifyRequest,
  type VerifiedRequest,
} from './verifyRequest.ts';
export { compareBases, type BaseDifference } from './compareBases.ts';
export { diagnoseRequest, type CheckOutcome, type Diagnosis, type DiagnoseOptions } from './diagnose.ts';
export { parseHttpMessage, replyBytes, requestBytes, type HttpMessage } from './httpMessage.ts';
