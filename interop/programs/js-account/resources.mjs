// S3, EC2 and STS by the JavaScript SDK: objects with each checksum it makes, streams, parts, URLs, instances and their role's session.

import { Readable } from "node:stream";
import {
  DescribeInstancesCommand, EC2Client, ModifyInstanceMetadataOptionsCommand, RunInstancesCommand, TerminateInstancesCommand,
  paginateDescribeInstanceTypes, waitUntilInstanceRunning, DescribeImagesCommand,
} from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CompleteMultipartUploadCommand, CopyObjectCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteBucketCommand, DeleteObjectsCommand,
  GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client, UploadPartCommand, paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-providers";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const [endpoint] = process.argv.slice(2);
const settings = (credentials) => ({ region: "us-east-1", endpoint, credentials, maxAttempts: 1, forcePathStyle: true });
const admin = fromIni({ profile: "linklocal" });
const [ec2, iam, s3, sts] = [EC2Client, IAMClient, S3Client, STSClient].map((Client) => new Client(settings(admin)));
const say = (what, held, detail = "") => console.log(JSON.stringify({ what, held: Boolean(held), detail: String(detail).slice(0, 1500) }));
const Bucket = "js-objects";

async function refused(name, call) {
  try {
    await call();
    say(name, false, "it was allowed");
  } catch (error) {
    say(name, error.name === name, `${error.name}: ${error.message}`);
  }
}

const { Account: number } = await sts.send(new GetCallerIdentityCommand({}));
await s3.send(new CreateBucketCommand({ Bucket }));
for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]) {
  const Key = `sum/${ChecksumAlgorithm}`;
  try {
    const put = await s3.send(new PutObjectCommand({ Bucket, Key, Body: "content", ChecksumAlgorithm }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    const name = `Checksum${ChecksumAlgorithm}`;
    say(`${ChecksumAlgorithm} comes back`, (await got.Body.transformToString()) === "content" && put[name] && put[name] === got[name], put[name]);
  } catch (error) {
    // The SDK has CRC64NVME only with a native module.
    say(`${ChecksumAlgorithm} comes back`, ChecksumAlgorithm === "CRC64NVME" && /CRT|crc64/i.test(error.message), error);
  }
}
const stream = Readable.from((function* () { for (let n = 0; n < 64; n += 1) yield Buffer.alloc(65536, n); })());
await s3.send(new PutObjectCommand({ Bucket, Key: "stream", Body: stream, ContentLength: 64 * 65536 }));
const streamed = await (await s3.send(new GetObjectCommand({ Bucket, Key: "stream" }))).Body.transformToByteArray();
say("a stream comes back", streamed.length === 64 * 65536 && streamed[65536] === 1 && streamed.at(-1) === 63, streamed.length);
const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "parts" }));
const Parts = [];
for (const [n, size] of [[1, 5 << 20], [2, 10]]) {
  const part = await s3.send(new UploadPartCommand({ Bucket, Key: "parts", UploadId, PartNumber: n, Body: Buffer.alloc(size, n) }));
  Parts.push({ PartNumber: n, ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32 });
}
await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: "parts", UploadId, MultipartUpload: { Parts } }));
const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key: "parts" }));
say("parts become one", ContentLength === (5 << 20) + 10, ContentLength);
await s3.send(new CopyObjectCommand({ Bucket, Key: "copy ü", CopySource: `${Bucket}/stream` }));
const keys = [];
for await (const page of paginateListObjectsV2({ client: s3, pageSize: 3 }, { Bucket })) keys.push(...page.Contents.map(({ Key }) => Key));
say("pages of keys", keys.includes("copy ü") && keys.length === new Set(keys).size && keys.length >= 7, keys);
await refused("NoSuchKey", () => s3.send(new GetObjectCommand({ Bucket, Key: "none" })));
await refused("NoSuchBucket", () => s3.send(new GetObjectCommand({ Bucket: "nobody-has-this", Key: "none" })));

const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "sum/SHA256" }), { expiresIn: 60 });
const opened = await fetch(url);
say("a presigned URL", opened.status === 200 && (await opened.text()) === "content", opened.status);
const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "by-url" }), { expiresIn: 60 });
say("a presigned PUT", (await fetch(put, { method: "PUT", body: "by url" })).status === 200);
const form = await createPresignedPost(s3, { Bucket, Key: "by-form", Conditions: [["content-length-range", 1, 100]], Expires: 60 });
const data = new FormData();
Object.entries(form.fields).forEach(([name, value]) => data.append(name, value));
data.append("file", new Blob(["by form"]), "name.txt");
const posted = await fetch(form.url, { method: "POST", body: data });
say("a presigned form", posted.status === 204, `${posted.status} ${await posted.text()}`);

const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { AWS: number }, Action: "sts:AssumeRole" }] };
await iam.send(new CreateRoleCommand({ RoleName: "reader", AssumeRolePolicyDocument: JSON.stringify(trust) }));
const read = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/sum/*` }] };
await iam.send(new PutRolePolicyCommand({ RoleName: "reader", PolicyName: "read", PolicyDocument: JSON.stringify(read) }));
const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${number}:role/reader`, RoleSessionName: "js" }));
const reader = new S3Client(settings({ accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretAccessKey, sessionToken: Credentials.SessionToken }));
say("the role reads", (await (await reader.send(new GetObjectCommand({ Bucket, Key: "sum/SHA1" }))).Body.transformToString()) === "content");
await refused("AccessDenied", () => reader.send(new GetObjectCommand({ Bucket, Key: "stream" })));
await refused("AccessDenied", () => reader.send(new PutObjectCommand({ Bucket, Key: "sum/x", Body: "x" })));

const { Images } = await ec2.send(new DescribeImagesCommand({ Owners: ["amazon"], Filters: [{ Name: "name", Values: ["al2023-ami-2*-x86_64"] }] }));
const launched = await ec2.send(new RunInstancesCommand({ ImageId: Images[0].ImageId, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 }));
const InstanceIds = launched.Instances.map(({ InstanceId }) => InstanceId);
say("the image asks for tokens", launched.Instances[0].MetadataOptions.HttpTokens === "required", JSON.stringify(launched.Instances[0].MetadataOptions));
await waitUntilInstanceRunning({ client: ec2, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { InstanceIds });
const changed = await ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: InstanceIds[0], HttpPutResponseHopLimit: 5 }));
say("a change", changed.InstanceMetadataOptions.HttpPutResponseHopLimit === 5 && changed.InstanceMetadataOptions.State === "pending");
const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
say("its launch time is a date", Reservations[0].Instances[0].LaunchTime instanceof Date);
let types = 0;
for await (const page of paginateDescribeInstanceTypes({ client: ec2, pageSize: 100 }, {})) types += page.InstanceTypes.length;
say("types", types > 100, types);
await ec2.send(new TerminateInstancesCommand({ InstanceIds }));

const all = [];
for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket })) all.push(...page.Contents.map(({ Key }) => ({ Key })));
await refused("BucketNotEmpty", () => s3.send(new DeleteBucketCommand({ Bucket })));
await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: all } }));
await s3.send(new DeleteBucketCommand({ Bucket }));
