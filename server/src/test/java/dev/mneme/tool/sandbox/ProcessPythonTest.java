package dev.mneme.tool.sandbox;

class ProcessPythonTest extends PythonContract {
    @Override
    Isolation isolation() {
        return Isolation.PROCESS;
    }
}
