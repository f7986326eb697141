package dev.mneme.tool.sandbox;

class JailedPythonTest extends PythonContract {
    @Override
    Isolation isolation() {
        return Isolation.JAIL;
    }
}
