// A miniature: it signs somebody in by way of the gateway, and says whether that worked.
import { createElement, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

const gateway = import.meta.env.VITE_GATEWAY_URL ?? "http://localhost:8080";

async function signIn() {
  const answer = await fetch(`${gateway}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: "visitor" }),
  });
  return answer.ok ? "signed in" : `the gateway answers ${answer.status}`;
}

function App() {
  const [state, setState] = useState("signing in");
  useEffect(() => {
    signIn().then(setState, () => setState("the gateway is out of reach"));
  }, []);
  return createElement("p", null, state);
}

createRoot(document.getElementById("root")).render(createElement(App));
