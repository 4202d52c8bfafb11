/** Certificates, keys, enrolment and staff tokens. */
export const identityProblems = {
  certificate_request_malformed: {
    status: 400,
    who: 'department',
    text: { zh: '证书申请不是有效的 PKCS#10 PEM', en: 'the certificate request is not a valid PKCS #10 PEM' },
    next: {
      zh: '用 datong enrol 或 openssl req 重新生成',
      en: 'make it again with datong enrol or openssl req',
    },
  },
  certificate_request_key: {
    status: 400,
    who: 'department',
    text: {
      zh: '证书申请的密钥类型不被接受：{keyKind}',
      en: 'this kind of key is not accepted in a certificate request: {keyKind}',
    },
    next: {
      zh: '使用 P-256，旧系统可用 RSA 2048–4096',
      en: 'use P-256, or RSA 2048 to 4096 for old systems',
    },
  },
  certificate_request_proof: {
    status: 400,
    who: 'department',
    text: {
      zh: '证书申请不是用其中的密钥以 SHA-256 以上算法签名的',
      en: 'the certificate request is not signed with its own key and SHA-256 or better',
    },
    next: { zh: '用持有该私钥的机器重新生成申请', en: 'make the request again where the private key lies' },
  },
  certificate_request_name: {
    status: 403,
    who: 'department',
    text: {
      zh: '证书申请写了别的部门；本次只能为 {department} 签发',
      en: 'the certificate request names another department; this one can only be for {department}',
    },
    next: { zh: '去掉申请中的部门名称后重试', en: 'leave the department out of the request and try again' },
  },
  certificate_unknown: {
    status: 401,
    who: 'department',
    text: { zh: '枢纽没有登记这张证书', en: 'this certificate is not registered with the hub' },
    next: { zh: '重新入网以取得证书', en: 'enrol again to get a certificate' },
  },
  certificate_foreign: {
    status: 401,
    who: 'department',
    text: { zh: '证书不是本枢纽签发的', en: 'the certificate was not issued by this hub' },
    next: { zh: '使用入网时签发的证书', en: 'use the certificate issued at enrolment' },
  },
  certificate_not_renewable: {
    status: 409,
    who: 'department',
    text: {
      zh: '证书有效期未过半，{from} 起可换发',
      en: 'the certificate has not lived half of its life; it can be renewed from {from}',
    },
    next: { zh: '到时再换发', en: 'renew it then' },
  },
  certificate_grace_over: {
    status: 403,
    who: 'department',
    text: {
      zh: '证书过期已超过 30 天，不能换发',
      en: 'the certificate ended more than 30 days ago and can no longer be renewed',
    },
    next: { zh: '向数据主管部门申请新的入网码', en: 'ask the data office for a new enrolment code' },
  },
  enrolment_code_invalid: {
    status: 403,
    who: 'department',
    text: { zh: '入网码无效', en: 'the enrolment code is not valid' },
    next: {
      zh: '核对入网码，或向数据主管部门申请新的',
      en: 'check the code, or ask the data office for a new one',
    },
  },
  enrolment_code_used: {
    status: 403,
    who: 'department',
    text: { zh: '入网码已被使用过', en: 'the enrolment code has been used already' },
    next: {
      zh: '若不是贵部门使用的，请立即告知数据主管部门；否则申请新的入网码',
      en: 'if that was not you, notify the data office at once; otherwise request a new code',
    },
  },
  enrolment_code_expired: {
    status: 403,
    who: 'department',
    text: { zh: '入网码已过期', en: 'the enrolment code has expired' },
    next: { zh: '向数据主管部门申请新的入网码', en: 'ask the data office for a new code' },
  },
  enrolment_proof_invalid: {
    status: 400,
    who: 'department',
    text: {
      zh: '签名密钥的持有证明不成立：{reason}',
      en: 'the proof that you hold the signing key is not valid: {reason}',
    },
    next: { zh: '用 datong enrol 重新入网', en: 'enrol with datong enrol' },
  },
  enrolment_department_differs: {
    status: 403,
    who: 'department',
    text: {
      zh: '入网码不是发给部门 {department} 的',
      en: 'the enrolment code was not issued to the department {department}',
    },
    next: { zh: '核对部门代码与入网码', en: 'check department and code' },
  },
  signing_key_taken: {
    status: 409,
    who: 'department',
    text: { zh: '该签名密钥已登记过', en: 'this signing key is registered already' },
    next: { zh: '生成新的签名密钥后重试', en: 'make a new signing key and try again' },
  },
  tls_key_taken: {
    status: 409,
    who: 'department',
    text: {
      zh: '该 TLS 密钥已用于别的部门，或已因泄露作废',
      en: 'this TLS key is of another department, or was revoked as compromised',
    },
    next: { zh: '生成新的 TLS 密钥后重试', en: 'make a new TLS key and try again' },
  },
  signing_key_is_tls_key: {
    status: 400,
    who: 'department',
    text: { zh: '签名密钥与 TLS 密钥不能相同', en: 'signing key and TLS key must differ' },
    next: { zh: '为两种用途各生成一把密钥', en: 'make one key for each use' },
  },
  too_many_attempts: {
    status: 429,
    who: 'caller',
    text: { zh: '失败的尝试太多', en: 'too many failed attempts' },
    next: { zh: '{seconds} 秒后再试', en: 'try again in {seconds} seconds' },
  },
  department_exists: {
    status: 409,
    who: 'data-office',
    text: {
      zh: '部门 {department} 已登记，且内容不同',
      en: 'the department {department} is registered already, with other content',
    },
    next: { zh: '核对部门代码', en: 'check the department code' },
  },
  department_invalid: {
    status: 422,
    who: 'data-office',
    text: { zh: '部门登记信息不正确：{reason}', en: 'the department is not described correctly: {reason}' },
    next: { zh: '修改 {member} 后重试', en: 'correct {member} and try again' },
  },
  department_unknown: {
    status: 404,
    who: 'data-office',
    text: { zh: '没有登记部门 {department}', en: 'there is no department {department}' },
    next: { zh: '先登记该部门', en: 'register it first' },
  },
  serial_unknown: {
    status: 404,
    who: 'data-office',
    text: { zh: '枢纽没有签发过这个序列号的证书', en: 'the hub has issued no certificate with this serial' },
    next: { zh: '核对序列号', en: 'check the serial' },
  },
} as const;
