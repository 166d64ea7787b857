// A real OpenID Connect provider (oidc-provider, certified by the OpenID Foundation), for tests: whoever writes a name signs in with it.
// Asked with one argument, a JSON object: port, modules (the folder that has oidc-provider), redirectUri, secret, and seed, of which
// the signing key is made. Names that begin with "unverified" have an email address that nobody has verified.
import { createECDH, createHash } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { port, modules, redirectUri, secret, seed } = JSON.parse(process.argv[2]);
const { default: Provider } = await import(pathToFileURL(createRequire(`${modules}/package.json`).resolve("oidc-provider")));
const issuer = `http://127.0.0.1:${port}`;

// Any 32 bytes are a private key of P-256, but for a few that nobody ever meets.
const bytes = createHash("sha256").update(seed).digest();
const curve = createECDH("prime256v1");
curve.setPrivateKey(bytes);
const point = curve.getPublicKey();
const [d, x, y] = [bytes, point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
const kid = x.slice(0, 8);

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "dailies",
      client_secret: secret,
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [{ kty: "EC", crv: "P-256", d, x, y, kid, alg: "ES256", use: "sig" }] },
  cookies: { keys: [seed] },
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({
      sub,
      email: `${sub.replace(/^unverified-/, "")}@example.com`,
      email_verified: !sub.startsWith("unverified-"),
    }),
  }),
  // Nobody is asked twice: whoever signed in has agreed.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid email");
    await grant.save();
    return grant;
  },
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
