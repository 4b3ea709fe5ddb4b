// The flows of STS and IAM by the JavaScript SDK: a user with keys, MFA, a role, a session within bounds. One JSON object a line.

import { createHmac } from "node:crypto";
import {
  AttachRolePolicyCommand, CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand, GetUserCommand, IAMClient, ListUsersCommand, PutUserPolicyCommand, paginateListPolicies,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni, fromTemporaryCredentials } from "@aws-sdk/credential-providers";

const [endpoint] = process.argv.slice(2);
const settings = (credentials) => ({ region: "eu-central-1", endpoint, credentials, maxAttempts: 1 });
const admin = fromIni({ profile: "linklocal" });
const [iam, sts] = [new IAMClient(settings(admin)), new STSClient(settings(admin))];
const say = (what, held, detail = "") => console.log(JSON.stringify({ what, held: Boolean(held), detail: String(detail).slice(0, 1500) }));

async function refused(name, message, call) {
  try {
    await call();
    say(`${name}: ${message}`, false, "it was allowed");
  } catch (error) {
    say(`${name}: ${message}`, error.name === name && error.message.includes(message), `${error.name}: ${error.message}`);
  }
}

function code(seed, step) {
  const bytes = [];
  let [bits, held] = [0, 0];
  for (const letter of seed) {
    bits = (bits << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter);
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes.push((bits >> held) & 255);
      bits &= (1 << held) - 1;
    }
  }
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", Buffer.from(bytes)).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, "0");
}

const keysOf = ({ AccessKeyId, SecretAccessKey, SessionToken }) =>
  ({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken });

const { Account: number, Arn: arn } = await sts.send(new GetCallerIdentityCommand({}));
say("the administrator", arn === `arn:aws:iam::${number}:user/admin`, arn);

const { User: user } = await iam.send(new CreateUserCommand({ UserName: "bob", Tags: [{ Key: "team", Value: "js" }] }));
say("when a user was made is a date", user.CreateDate instanceof Date && Math.abs(Date.now() - user.CreateDate) < 60000, user.CreateDate);
const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: "bob" }));
const bob = new IAMClient(settings(keysOf(key)));
await refused("AccessDenied", "is not authorized to perform: iam:GetUser on resource: ", () => bob.send(new GetUserCommand({})));
const policy = { Version: "2012-10-17", Statement: [
  { Effect: "Allow", Action: "iam:*", Resource: "*", Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } },
  { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }] };
await iam.send(new PutUserPolicyCommand({ UserName: "bob", PolicyName: "with-mfa", PolicyDocument: JSON.stringify(policy) }));
await refused("NoSuchEntityException", "The user with name nobody cannot be found.",
  () => iam.send(new GetUserCommand({ UserName: "nobody" })));

const { VirtualMFADevice: device } = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: "bob" }));
const [seed, serial] = [Buffer.from(device.Base32StringSeed).toString(), device.SerialNumber];
say("a seed of 64 letters", /^[A-Z2-7]{64}$/.test(seed), seed.length);
const gone = Date.now() % 30000;
if (gone > 22000) await new Promise((resolve) => setTimeout(resolve, 30000 - gone));
const step = Math.floor(Date.now() / 30000);
await iam.send(new EnableMFADeviceCommand({
  UserName: "bob", SerialNumber: serial, AuthenticationCode1: code(seed, step - 1), AuthenticationCode2: code(seed, step),
}));
await refused("AccessDenied", "is not authorized to perform: iam:ListUsers", () => bob.send(new ListUsersCommand({})));
const own = new STSClient(settings(keysOf(key)));
const { Credentials: session } = await own.send(new GetSessionTokenCommand({ SerialNumber: serial, TokenCode: code(seed, step + 1) }));
const { Users: users } = await new IAMClient(settings(keysOf(session))).send(new ListUsersCommand({}));
say("the session with MFA is let in", users.some(({ UserName }) => UserName === "bob"), users.map(({ UserName }) => UserName));

const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { AWS: user.Arn }, Action: "sts:AssumeRole" }] };
const { Role: role } = await iam.send(new CreateRoleCommand({ RoleName: "js", AssumeRolePolicyDocument: JSON.stringify(trust) }));
await iam.send(new AttachRolePolicyCommand({ RoleName: "js", PolicyArn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess" }));
const assumed = fromTemporaryCredentials({
  masterCredentials: keysOf(key), params: { RoleArn: role.Arn, RoleSessionName: "js", DurationSeconds: 900 },
  clientConfig: { region: "eu-central-1", endpoint },
});
const auditor = new IAMClient(settings(assumed));
let [pages, policies] = [0, 0];
for await (const page of paginateListPolicies({ client: auditor, pageSize: 7 }, { Scope: "AWS" })) {
  pages += 1;
  policies += page.Policies.length;
}
say("policies come in pages", pages === Math.ceil(policies / 7) && policies > 7, `${policies} in ${pages} pages`);
await refused("AccessDenied", "is not authorized to perform: iam:CreateUser on resource: ",
  () => auditor.send(new CreateUserCommand({ UserName: "mallory" })));
const { Credentials: narrow } = await own.send(new AssumeRoleCommand({
  RoleArn: role.Arn, RoleSessionName: "narrow",
  Policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "iam:GetUser", Resource: "*" }] }),
}));
await refused("AccessDenied", "because no session policy allows the iam:ListUsers action",
  () => new IAMClient(settings(keysOf(narrow))).send(new ListUsersCommand({})));
await refused("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.",
  () => new STSClient(settings({ accessKeyId: key.AccessKeyId, secretAccessKey: "z".repeat(40) })).send(new GetCallerIdentityCommand({})));
