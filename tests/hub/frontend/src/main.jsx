// The hub's page: signs somebody in by way of the gateway, keeps documents, and finds them again.
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

const gateway = import.meta.env.VITE_GATEWAY_URL ?? "http://localhost:8080";

async function call(method, path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(gateway + path, { method, headers, body: body && JSON.stringify(body) });
  if (answer.ok) return answer.json();
  const { detail, message } = await answer.json().catch(() => ({}));
  throw new Error(`${answer.status}: ${detail ?? message ?? answer.statusText}`);
}

/** A form of text fields. What fails is shown under it. */
function Form({ fields, label, submit }) {
  const [problem, setProblem] = useState("");
  async function send(event) {
    event.preventDefault();
    setProblem("");
    try {
      await submit(Object.fromEntries(new FormData(event.target)));
    } catch (error) {
      setProblem(error.message);
    }
  }
  return (
    <form onSubmit={send}>
      {fields.map((name) => (
        <label key={name}>
          {name} <input name={name} type={name === "password" ? "password" : "text"} required />{" "}
        </label>
      ))}
      <button>{label}</button>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}

function SignIn({ onToken }) {
  const register = (credentials) => call("POST", "/api/v1/auth/register", credentials);
  const login = async (credentials) =>
    onToken((await call("POST", "/api/v1/auth/login", credentials)).access_token);
  return (
    <>
      <h2>Sign in</h2>
      <Form fields={["user", "password"]} label="Sign in" submit={login} />
      <h2>Register</h2>
      <Form fields={["user", "password"]} label="Register" submit={(given) => register(given).then(() => login(given))} />
    </>
  );
}

function Documents({ token }) {
  const [found, setFound] = useState([]);
  const store = (document) => call("POST", "/api/v1/documents", document, token).then((made) => setFound([made]));
  const search = (query) => call("POST", "/api/v1/search", query, token).then(setFound);
  return (
    <>
      <h2>Documents</h2>
      <Form fields={["title", "text"]} label="Keep" submit={store} />
      <Form fields={["words"]} label="Find" submit={search} />
      <ul>
        {found.map(({ id, title, owner }) => (
          <li key={id}>
            {title}, by {owner}
          </li>
        ))}
      </ul>
    </>
  );
}

function Hub() {
  const [token, setToken] = useState("");
  return (
    <main>
      <h1>Hub</h1>
      {token ? <Documents token={token} /> : <SignIn onToken={setToken} />}
    </main>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <Hub />
  </StrictMode>,
);
