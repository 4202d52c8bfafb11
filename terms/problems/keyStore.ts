/** Key stores (PKCS #12) of a department's older systems, as read and written on the department's own machine. */
export const keyStoreProblems = {
  key_store_malformed: {
    status: 400,
    who: 'department',
    text: { zh: '文件不是有效的 PKCS#12 密钥库', en: 'the file is not a valid PKCS #12 key store' },
    next: {
      zh: '需要 .p12 或 .pfx 文件；JKS 先用 keytool -importkeystore -deststoretype PKCS12 转换',
      en: 'a .p12 or .pfx file is wanted; convert JKS with keytool -importkeystore -deststoretype PKCS12',
    },
  },
  key_store_too_large: {
    status: 413,
    who: 'department',
    text: { zh: '密钥库超过 {limit} 字节', en: 'the key store is larger than {limit} bytes' },
    next: {
      zh: '只导出所需的那一个密钥及其证书',
      en: 'export only the key that is needed, with its certificates',
    },
  },
  key_store_password_wrong: {
    status: 400,
    who: 'department',
    text: { zh: '密钥库的口令不对', en: 'the password does not open the key store' },
    next: {
      zh: '核对口令文件（只有一行）；Java 的密钥口令与库口令必须相同',
      en: 'check the password file (one line); in a Java store the key must have the password of the store',
    },
  },
  key_store_unsupported: {
    status: 400,
    who: 'department',
    text: {
      zh: '密钥库的保护方式不被支持：{what}',
      en: 'the key store is protected in an unsupported way: {what}',
    },
    next: {
      zh: '用 openssl pkcs12 或 keytool -importkeystore 以通常的方式重新导出',
      en: 'export it again in the usual way with openssl pkcs12 or keytool -importkeystore',
    },
  },
  key_store_without_key: {
    status: 400,
    who: 'department',
    text: { zh: '密钥库里没有所要的私钥', en: 'the wanted private key is not in the key store' },
    next: {
      zh: '导出时要带上私钥（Windows：“是，导出私钥”）；名称用 keytool -list 查看',
      en: 'export it with its private key (Windows: “Yes, export the private key”); keytool -list shows the names',
    },
  },
  key_store_several_keys: {
    status: 400,
    who: 'department',
    text: { zh: '密钥库里有多个私钥：{names}', en: 'the key store holds several private keys: {names}' },
    next: { zh: '用 --key-store-alias 指明一个', en: 'name one with --key-store-alias' },
  },
  key_store_key_kind: {
    status: 400,
    who: 'department',
    text: {
      zh: '密钥库里的密钥类型不被接受：{keyKind}',
      en: 'the kind of key in the key store is not accepted: {keyKind}',
    },
    next: {
      zh: '使用 RSA 2048–4096 或 P-256；也可以不带密钥库入网，让本机生成新密钥',
      en: 'use RSA 2048 to 4096 or P-256, or enrol without a key store and let a new key be made',
    },
  },
} as const;
