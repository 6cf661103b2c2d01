@testable import ParleyCapture
