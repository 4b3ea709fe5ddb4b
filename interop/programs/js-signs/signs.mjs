// What the JavaScript SDK signs: S3 with bodies of all kinds, STS, DynamoDB; URLs and forms are printed as JSON.
import { Readable } from "node:stream";
import { DynamoDBClient, ListTablesCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CopyObjectCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListBucketsCommand, ListObjectsV2Command,
  PutObjectCommand, S3Client,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { StartStreamTranscriptionCommand, TranscribeStreamingClient } from "@aws-sdk/client-transcribe-streaming";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import "@aws-sdk/signature-v4a";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const Bucket = "interop-bucket";
const keys = ["a/b c+d.txt", "ünï/中.txt", "double//slash/../dots", "odd !'()*~$@=&;,:.txt", "percent%41%2F"];
const urls = [], forms = [];
const settings = { maxAttempts: 1 };

for (const more of [{}, { forcePathStyle: true }, { endpoint: "http://127.0.0.1:9000", forcePathStyle: true }]) {
  const s3 = new S3Client({ ...settings, ...more });
  await s3.send(new ListBucketsCommand({}));
  await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "a b+c/ü&=", Delimiter: "/" }));
  for (const Key of keys) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, Metadata: { name: "two  spaces", other: "plain" } }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ResponseContentType: "a/b; c=d" }));
    await got.Body.transformToString();
    urls.push(["GET", await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key, VersionId: "a/b+c" }))]);
    urls.push(["PUT", await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key }), { expiresIn: 60 })]);
  }
  const Body = Readable.from([Buffer.alloc(100_000, "x"), Buffer.from("end")]);
  await s3.send(new PutObjectCommand({ Bucket, Key: "stream", Body, ContentLength: 100_003 }));
  await s3.send(new HeadObjectCommand({ Bucket, Key: "stream" }));
  await s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/a%20b` }));
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }));
  forms.push(await createPresignedPost(s3, {
    Bucket, Key: "up/${filename}", Conditions: [{ acl: "private" }, ["content-length-range", 1, 1000]],
    Fields: { acl: "private" }, Expires: 600,
  }));
}

const several = new S3Client({ ...settings, useArnRegion: true });
await several.send(new PutObjectCommand({
  Bucket: "arn:aws:s3::123456789012:accesspoint/interop.mrap", Key: "a b", Body: "body",
}));

await new STSClient(settings).send(new GetCallerIdentityCommand({}));
const dynamodb = new DynamoDBClient(settings);
await dynamodb.send(new ListTablesCommand({}));
await dynamodb.send(new PutItemCommand({ TableName: "table", Item: { key: { S: "välue" } } }));

async function* sound() {
  for (const part of ["one", "two", "three"]) yield { AudioEvent: { AudioChunk: Buffer.from(part) } };
}
// Over HTTP/1.1, as the recorder speaks it; the events are signed alike.
const transcribe = new TranscribeStreamingClient({ ...settings, requestHandler: new NodeHttpHandler() });
await transcribe.send(new StartStreamTranscriptionCommand({
  LanguageCode: "en-US", MediaEncoding: "pcm", MediaSampleRateHertz: 16000, AudioStream: sound(),
}));
console.log(JSON.stringify({ urls, forms }));
